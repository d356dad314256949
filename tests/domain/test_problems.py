"""Where problems stand: found for every path, however odd the names in it are."""

from __future__ import annotations

import pytest

from prompts_admin.domain.problems import Findings


@pytest.mark.parametrize(
    "path", ["a[", "a[x", "[", "[[0]", "variables.[x.y", "a[0", "\n[", "[]", "[1", ".[."]
)
def test_S35_a_name_with_a_bracket_does_not_stop_the_server(path: str) -> None:
    """The line of such a path is looked for once per step and then given up."""
    found = Findings()
    found.say(path, "is wrong")
    assert [path] == [problem.path for problem in found.problems]
