"""Exit codes: one table, the same as the product's errors."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest

from prompts_admin.domain import errors
from prompts_cli.failures import CODES, exit_code
from tests.cli.scripted import Ran, ScriptedServer, problem

CLASSES = {
    name: found.exit_code
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, errors.ProductError)
}


def codes_by_class() -> dict[str, int]:
    """Read from the product's table which code stands under which class."""
    found, exit_of_section = {}, 0
    source = inspect.getsource(errors).partition("STATUS: ")[2]
    for line in source.splitlines():
        section = re.fullmatch(r"    # (\w+)", line)
        code = re.match(r'    "(\w+)":', line)
        if section:
            exit_of_section = CLASSES[section[1]]
        if code:
            found[code[1]] = exit_of_section
    return found


def test_the_table_is_the_products() -> None:
    """Each code of the product ends a command with the exit code of its class, and no other code is known."""
    expected = codes_by_class()
    assert set(expected) == set(errors.STATUS)
    assert expected == {code: number for number, codes in CODES.items() for code in codes}


@pytest.mark.parametrize(("code", "expected"), sorted(codes_by_class().items()))
def test_the_shell_gets_the_exit_code(
    code: str, expected: int, run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """A refusal by the server becomes the exit code, the detail and the next step."""
    status = errors.STATUS[code]
    document = problem(code, "it cannot be", status, remedy="Do this.")
    server.script["POST", "/releases/12/apply"] = (status, document)
    ran = run("apply", "12")
    assert (expected, "", "error: it cannot be\nnext: Do this.\n") == (ran.code, ran.out, ran.err)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, 2), (401, 5), (403, 5), (404, 3), (409, 4), (412, 4), (418, 1), (500, 1), (503, 6)],
)
def test_a_newer_code_is_judged_by_its_status(status: int, expected: int) -> None:
    """A server that is newer than the command line still gives the right exit code."""
    assert expected == exit_code("of_tomorrow", status)
