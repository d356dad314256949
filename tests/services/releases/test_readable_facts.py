"""What holds a release is decided on all of it, and told of what its asker may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

import pytest

from prompts_admin.domain.releases.release_checks import evaluate
from prompts_admin.domain.releases.signoff_policy import Facts, Finding, StagePolicy
from prompts_admin.services.releases.release_facts import readable_facts

KEYS = ("support/triage", "support/reply", "sales/offer")
NOW = datetime(2026, 3, 16, tzinfo=UTC)
HIDDEN = [hidden for size in range(4) for hidden in combinations(KEYS, size)]


def facts(renders: str) -> Facts:
    """Return the facts of a release of three prompts, of which everything that can be told is wrong."""
    found = tuple(Finding(key, f"{key}@2") for key in KEYS)
    return Facts(
        items=(),
        policy=StagePolicy(checks=("renders",)),
        signoffs=(),
        holders={},
        authors=frozenset(),
        proposer="ana@example.com",
        out_of_order=found,
        breaking=found,
        renders=dict.fromkeys(KEYS, renders),
    )


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("renders", ["", "no example for ticket", "'ticket' is missing"])
def test_checks_decide_on_all_and_name_what_is_read(hidden: Sequence[str], renders: str) -> None:
    """The outcomes are the same whatever is hidden; no detail names it, and each tells all of the rest."""
    whole = evaluate(facts(renders), now=NOW)
    told = evaluate(readable_facts(facts(renders), hidden), now=NOW)
    assert [(one.name, one.outcome) for one in whole] == [(one.name, one.outcome) for one in told]
    for key in KEYS:
        assert [key in one.detail and key not in hidden for one in whole] == [
            key in one.detail for one in told
        ]


def test_what_is_hidden_is_counted() -> None:
    """By items, however much there is to say of each; which value is missing in them is not said."""
    twice = (
        Finding(KEYS[0], "one"),
        Finding(KEYS[0], "two"),
        Finding(KEYS[1], "three"),
        Finding(KEYS[2], "four"),
    )
    whole = Facts(
        (), StagePolicy(checks=("renders",)), (), {}, frozenset(), "", breaking=twice, renders={KEYS[0]: "x"}
    )
    details = {one.name: one.detail for one in evaluate(readable_facts(whole, KEYS[:2]), now=NOW)}
    assert details["breaking"].endswith("acknowledged it: four 2 items that you may not read")
    assert "1 item that you may not read: does not render" == details["renders"]
