"""Shares: raised under the sign-off that allowed them, lowered by one person, kept by everybody else."""

from __future__ import annotations

import pytest

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import resolve
from tests.support.cast import APPROVER, AUTHOR, ON_CALL, SECOND
from tests.support.desk import TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Version 1 is settled on internal and beta, 2 on internal."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    return desk


def test_a_careful_10_percent_on_beta_does_not_drop_the_other_90_percent_to_full(two: Desk) -> None:
    """Those outside of the share keep what beta has settled; only its absence would lead them on."""
    two.promote(f"{TRIAGE}@2", to="beta", percent=10)
    assert shares((1, 2, 10)) == [two.entry("beta", TRIAGE)]
    ruleset = two.product.live.current().ruleset
    people = [Context(user=f"u-{n}", groups=("beta",)) for n in range(500)]
    found = [resolve(ruleset, TRIAGE, someone) for someone in people]
    assert {"beta"} == {answer.stage for answer in found if answer}
    versions = [answer.version for answer in found if answer]
    assert {1, 2} == set(versions)
    assert 20 < versions.count(2) < 90


def test_a_percentage_is_raised_under_the_signoff_that_allowed_it_and_no_further(two: Desk) -> None:
    """10 % signed up to 50: 50 needs nobody, 60 asks again."""
    asked = two.propose(TRIAGE, to="beta", percent=10, up_to=50)
    two.approve(asked["number"], by=APPROVER)
    raised = two.propose(f"{TRIAGE}@2", to="beta", percent=50, up_to=50, by=ON_CALL)
    assert ("live", [APPROVER]) == (raised["state"], [s["email"] for s in raised["signoffs"]])
    higher = two.propose(f"{TRIAGE}@2", to="beta", percent=60, by=ON_CALL)
    assert ("proposed", ["ml"]) == (higher["state"], [m["role"] for m in higher["missing"]])
    assert shares((1, 2, 50)) == [two.entry("beta", TRIAGE)]
    two.approve(higher["number"], by=APPROVER)
    assert shares((1, 2, 60)) == [two.entry("beta", TRIAGE)]
    check_invariants(two.product)


@SQLITE
def test_only_who_may_change_percentages_raises_under_a_sign_off(two: Desk) -> None:
    """An editor asks afresh; lowering asks for that right as well."""
    two.promote(TRIAGE, to="beta", percent=10)
    assert "proposed" == two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=SECOND)["state"]
    with refused("forbidden", says="change percentage"):
        two.propose(f"{TRIAGE}@2", to="beta", percent=5, by=AUTHOR)
    assert "live" == two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=ON_CALL)["state"]


@SQLITE
def test_lowering_needs_nobody_and_nothing_holds_it(two: Desk) -> None:
    """Not even a rollback of the version on the stage before."""
    two.promote(TRIAGE, to="beta", percent=50)
    two.rollback(f"{TRIAGE}@2", stages=("internal",))
    assert "live" == two.propose(f"{TRIAGE}@2", to="beta", percent=1, by=ON_CALL)["state"]
    with refused("stage_skipped"):
        two.propose(f"{TRIAGE}@2", to="beta", percent=60, by=ON_CALL)
    assert shares((1, 2, 1)) == [two.entry("beta", TRIAGE)]


@SQLITE
def test_a_new_settled_version_ends_the_sign_off_of_the_share(two: Desk) -> None:
    """What was signed was 2 over 1; over 3 it is another question."""
    two.promote(TRIAGE, to="beta", percent=10)
    number = two.promote(f"{TRIAGE}@2", to="beta", percent=100, by=AUTHOR)
    two.rollback(f"{TRIAGE}@2", stages=("beta",))
    assert "rolled_back" == two.state(number)
    again = two.propose(f"{TRIAGE}@2", to="beta", percent=10, by=ON_CALL)
    assert "proposed" == again["state"]


@SQLITE
def test_settling_within_the_ceiling_needs_nobody(two: Desk) -> None:
    """100 is a share like the others, and the narrower stage keeps what is as new."""
    two.promote(TRIAGE, to="beta", percent=10)
    settled = two.propose(f"{TRIAGE}@2", to="beta", by=ON_CALL)
    assert "live" == settled["state"]
    assert shares(2, 2, None) == two.stages(TRIAGE)


@SQLITE
def test_a_wider_stage_that_settles_a_newer_version_clears_the_narrower(two: Desk) -> None:
    """Nobody inside tests an older one than the customers get."""
    two.rollback(f"{TRIAGE}@2", stages=("internal",))
    assert shares(1, 1, None) == two.stages(TRIAGE)
    two.propose(f"{TRIAGE}@2", to="full", by="admin@example.com", break_glass="Fire")
    assert shares(None, None, 2) == two.stages(TRIAGE)
    check_invariants(two.product)


@SQLITE
def test_a_share_that_was_reached_otherwise_makes_a_proposal_stale(two: Desk) -> None:
    """Going live would change nothing, so it does not count as a release that did."""
    two.promote(TRIAGE, to="beta", percent=10)
    waiting = two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=ON_CALL, apply="manual")
    two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=ON_CALL)
    assert "stale" == two.state(waiting["number"])
    check_invariants(two.product)


@SQLITE
def test_a_share_is_raised_after_the_rollback_was_undone(two: Desk) -> None:
    """The undo restores what stood, its sign-off too; a rollback that stands leaves nothing to carry."""
    two.approve(two.propose(TRIAGE, to="beta", percent=10, up_to=50)["number"], by=APPROVER)
    gone = two.rollback(f"{TRIAGE}@2", stages=("beta",))["number"]
    assert "proposed" == two.propose(f"{TRIAGE}@2", to="beta", percent=10, by=ON_CALL)["state"]
    two.undo(gone)
    assert "proposed" == two.propose(f"{TRIAGE}@2", to="beta", percent=51, by=ON_CALL)["state"]
    assert "live" == two.propose(f"{TRIAGE}@2", to="beta", percent=50, by=ON_CALL)["state"]
    check_invariants(two.product)


@SQLITE
def test_an_undone_raise_takes_its_ceiling_along(two: Desk) -> None:
    """What was signed for the release that no longer stands is not carried."""
    two.approve(two.propose(TRIAGE, to="beta", percent=10, up_to=20)["number"], by=APPROVER)
    more = two.propose(f"{TRIAGE}@2", to="beta", percent=30, up_to=80, by=ON_CALL)["number"]
    two.approve(more, by=APPROVER)
    two.undo(more)
    assert "live" == two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=ON_CALL)["state"]
    assert "proposed" == two.propose(f"{TRIAGE}@2", to="beta", percent=70, by=ON_CALL)["state"]


@SQLITE
def test_who_may_not_raise_is_told_who_can(two: Desk) -> None:
    """An editor asks afresh, and reads that a releaser need not."""
    two.promote(TRIAGE, to="beta", percent=10)
    asked = two.propose(f"{TRIAGE}@2", to="beta", percent=20, by=SECOND)
    assert "may need no new sign-off" in asked["next"]
