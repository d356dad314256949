"""The checks of a release: pass, fail or inconclusive, and what broken glass skips."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prompts_admin.domain.releases.release_checks import (
    FAIL,
    INCONCLUSIVE,
    PASS,
    SKIPPED_BY_BREAK_GLASS,
    Check,
    evaluate,
    holding,
)
from prompts_admin.domain.releases.signoff_policy import Facts, Finding
from prompts_admin.domain.releases.staffing import unfillable
from tests.domain.releases.release_cases import ANA, KEY, LEA, NOW, PAM, facts, item, signoff

checks = st.lists(
    st.builds(
        Check,
        st.sampled_from(["order", "sign_off", "signers", "breaking", "wait", "freeze", "renders", "evals"]),
        st.sampled_from([PASS, FAIL, INCONCLUSIVE]),
        st.just(""),
    )
)


def outcome(name: str, its: Facts, now: datetime = NOW) -> str | None:
    """Return what one check says, None when it was not made."""
    return {check.name: check.outcome for check in evaluate(its, now=now)}.get(name)


@given(checks)
def test_only_pass_lets_through(drawn: list[Check]) -> None:
    """A failing and an inconclusive check both hold."""
    assert set(holding(drawn)) == {check for check in drawn if check.outcome in (FAIL, INCONCLUSIVE)}


@given(checks)
def test_broken_glass_skips_exactly_its_list(drawn: list[Check]) -> None:
    """Sign-offs, order, waits and freezes are skipped; breaking changes and the checks are not."""
    skipped = set(holding(drawn)) - set(holding(drawn, break_glass=True))
    assert {check.name for check in skipped} <= {"sign_off", "signers", "order", "wait", "freeze"}
    held = {check.name for check in holding(drawn, break_glass=True)}
    assert held <= {"breaking", "renders", "evals"}
    assert SKIPPED_BY_BREAK_GLASS == {"sign_off", "signers", "order", "wait", "freeze"}


def test_nothing_asked_passes() -> None:
    """A stage without policy lets an orderly release through."""
    assert holding(evaluate(facts({}), now=NOW)) == ()


def test_order_fails_with_names() -> None:
    """What is not settled on the stage before is named."""
    its = facts({}, out_of_order=(Finding(KEY, f"{KEY}@8"),))
    failed = holding(evaluate(its, now=NOW))
    assert [(check.name, check.outcome) for check in failed] == [("order", FAIL)]
    assert f"{KEY}@8" in failed[0].detail


def test_breaking_waits_for_its_acknowledgement() -> None:
    """A breaking change fails until it is acknowledged, with broken glass too."""
    its = facts({}, breaking=(Finding(KEY, "'ticket' became required."),))
    assert [check.name for check in holding(evaluate(its, now=NOW), break_glass=True)] == ["breaking"]
    known = facts({}, breaking=(Finding(KEY, "'ticket' became required."),), breaking_acknowledged=True)
    assert holding(evaluate(known, now=NOW)) == ()


def test_nobody_who_can_sign_is_a_failing_check() -> None:
    """A role that nobody free holds is told apart from one that waits for somebody."""
    nobody = facts({"sign_off": {"security": 1}})
    assert outcome("signers", nobody) == FAIL
    assert outcome("signers", facts({"sign_off": {"legal": 1}})) is None
    assert outcome("signers", facts({"sign_off": {"legal": 3}})) == FAIL


def test_one_person_for_two_roles_is_nobody() -> None:
    """When only Pam is left for two roles, one of them can be signed by nobody."""
    people = {"product": frozenset({PAM}), "legal": frozenset({PAM})}
    both = {"sign_off": {"product": 1, "legal": 1}}
    assert outcome("signers", facts(both, holders=people)) == FAIL
    assert outcome("signers", facts(both, holders=people | {"legal": frozenset({PAM, LEA})})) is None
    signed = facts(both, [signoff(PAM, "product")], holders=people)
    assert outcome("signers", signed) == FAIL


@given(
    st.dictionaries(
        st.sampled_from("abc"),
        st.tuples(st.integers(1, 3), st.lists(st.integers(0, 4), unique=True)),
        max_size=3,
    )
)
@example({"a": (1, [0, 1]), "b": (1, [0])})
@example({"a": (1, [0, 1]), "b": (1, [1, 2]), "c": (2, [0, 1])})
def test_unfillable_agrees_with_trying_everything(drawn: dict[str, tuple[int, list[int]]]) -> None:
    """Roles are short exactly when no way of giving each person one role fills them all."""
    owed = {role: (count, [str(who) for who in people]) for role, (count, people) in drawn.items()}
    assert bool(unfillable(owed)) is not _can_fill(
        [r for r, (n, _) in owed.items() for _ in range(n)], owed, set()
    )


def _can_fill(slots: list[str], owed: dict[str, tuple[int, list[str]]], used: set[str]) -> bool:
    if not slots:
        return True
    return any(_can_fill(slots[1:], owed, used | {who}) for who in owed[slots[0]][1] if who not in used)


@given(st.integers(0, 48), st.integers(1, 48))
def test_waiting_is_counted_from_the_stage_before(since: int, wait: int) -> None:
    """The wait ends when the version has been settled for the hours asked for, to the second."""
    its = facts({"wait_hours": wait}, settled_before_at={KEY: NOW - timedelta(hours=since)})
    assert outcome("wait", its) == (PASS if since >= wait else FAIL)
    ready = NOW + timedelta(hours=wait - since)
    assert outcome("wait", its, ready) == PASS
    assert outcome("wait", its, ready - timedelta(seconds=1)) == FAIL


def test_the_youngest_item_decides_the_wait() -> None:
    """A release of two waits for both."""
    two = (item(), item(key="support/reply"))
    times = {KEY: NOW - timedelta(hours=9), "support/reply": NOW - timedelta(hours=1)}
    assert outcome("wait", facts({"wait_hours": 2}, items=two, settled_before_at=times)) == FAIL


def test_one_unknown_wait_of_two_is_inconclusive() -> None:
    """What is known about one item says nothing about the other."""
    two, times = (item(), item(key="support/reply")), {KEY: NOW - timedelta(hours=9)}
    assert outcome("wait", facts({"wait_hours": 2}, items=two, settled_before_at=times)) == INCONCLUSIVE


def test_an_unknown_wait_is_inconclusive_and_holds() -> None:
    """Not knowing since when is not the same as having waited."""
    its = facts({"wait_hours": 2}, settled_before_at={KEY: None})
    assert outcome("wait", its) == INCONCLUSIVE
    assert [check.name for check in holding(evaluate(its, now=NOW))] == ["wait"]


FREEZE = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z", "reason": "Holidays"}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-28T23:59:59Z", PASS),
        ("2026-03-01T00:00:00Z", FAIL),
        ("2026-03-02T23:59:59Z", FAIL),
        ("2026-03-03T00:00:00Z", PASS),
    ],
)
def test_a_freeze_holds_from_its_begin_to_its_end(moment: str, expected: str) -> None:
    """The beginning belongs to the freeze, the end does not."""
    its = facts({"freezes": [FREEZE]})
    assert outcome("freeze", its, datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(
    ("renders", "expected"),
    [
        ({KEY: ""}, PASS),
        ({KEY: "no example for 'ticket'"}, INCONCLUSIVE),
        ({KEY: "'ticket' is undeclared"}, FAIL),
        ({KEY: "no example for 'ticket'", "support/reply": "'name' is undeclared"}, FAIL),
    ],
)
def test_renders_has_three_outcomes(renders: dict[str, str], expected: str) -> None:
    """Without examples nobody knows whether it renders; that holds, and is not a failure."""
    assert outcome("renders", facts({"checks": ["renders"]}, renders=renders)) == expected


def test_a_check_that_nobody_knows_holds() -> None:
    """A policy that asks for an unknown check is not waved through."""
    its = facts({"checks": ["evals"]})
    assert outcome("evals", its) == INCONCLUSIVE
    assert [check.name for check in holding(evaluate(its, now=NOW), break_glass=True)] == ["evals"]


@pytest.mark.parametrize("policy", [{}, {"sign_off": {"product": 1}, "wait_hours": 1, "freezes": [FREEZE]}])
def test_each_check_is_named_once(policy: dict[str, Any]) -> None:
    """People read one line per check."""
    names = [check.name for check in evaluate(facts(policy, [signoff(ANA, "product")]), now=NOW)]
    assert len(names) == len(set(names))
