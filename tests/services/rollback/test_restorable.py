"""What does not come back by an undo or a restore: what nobody signed, and what was rolled back since."""

from __future__ import annotations

import pytest

from tests.support.cast import ADMIN, LAWYER, ON_CALL, SECOND
from tests.support.desk import TONE, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def broken(desk: Desk) -> int:
    """Version 1 signed on full; the number of the release that brought version 2 there by a broken glass."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "two")
    return int(desk.propose(f"{TRIAGE}@2", to="full", by=ADMIN, break_glass="Fire")["number"])


def test_what_came_by_a_broken_glass_comes_back_only_for_those_who_may_break_it(
    desk: Desk, broken: int
) -> None:
    """An undo of the undo does again what nobody signed."""
    undone = desk.undo(broken)["number"]
    with refused("forbidden", says=f"broken glass of release {broken}"):
        desk.undo(undone, by=SECOND)
    assert shares(1, 1, 1) == desk.stages(TRIAGE)
    desk.undo(undone, by=ADMIN)
    assert 2 == desk.entry("full", TRIAGE).settled
    check_invariants(desk.product)


@SQLITE
def test_undoing_the_rollback_of_a_broken_glass_is_breaking_it_again(desk: Desk, broken: int) -> None:
    """The mark would be lifted too."""
    rolled_back = desk.rollback(f"{TRIAGE}@2")["number"]
    with refused("forbidden", says="unsigned"):
        desk.undo(rolled_back, by=SECOND)
    assert {TRIAGE} == desk.marked(TRIAGE)
    desk.undo(rolled_back, by=ADMIN)
    assert set() == desk.marked(TRIAGE)


@SQLITE
def test_signed_afterwards_it_comes_back_as_anything_else(desk: Desk, broken: int) -> None:
    """The sign-offs that were missing were given after all."""
    for signer in (SECOND, LAWYER):
        desk.approve(broken, by=signer)
    undone = desk.undo(broken)["number"]
    assert "live" == desk.undo(undone)["state"]
    assert 2 == desk.entry("full", TRIAGE).settled


@SQLITE
def test_a_restore_to_the_moment_of_a_broken_glass_skips_it(desk: Desk, broken: int) -> None:
    """It is listed as skipped; who may break the glass restores it."""
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    desk.undo(broken)
    plan = desk.restore(feature="support", at=moment, dry_run=True)
    assert {"stage": "full", "key": TRIAGE, "version": 2} in plan["skipped"]
    assert "full" not in [change["stage"] for change in plan["changes"]]
    plan = desk.restore(feature="support", at=moment, dry_run=True, by=ADMIN)
    assert ([], ["full"]) == (
        plan["skipped"],
        [c["stage"] for c in plan["changes"] if c["stage"] == "full"],
    )


@SQLITE
def test_the_version_before_a_broken_glass_comes_back_freely(desk: Desk, broken: int) -> None:
    """At two in the morning nobody is asked for a right to go back to what was signed."""
    assert "live" == desk.undo(broken, by=SECOND)["state"]
    assert shares(1, 1, 1) == desk.stages(TRIAGE)


@SQLITE
def test_an_undo_does_not_settle_what_was_rolled_back_since(desk: Desk) -> None:
    """Version 1 left by a promotion; the snippet inside it was rolled back elsewhere since."""
    desk.save(TONE, "bad", kind="snippet")
    desk.save(TRIAGE, "one {{> support/tone}}")
    desk.promote(TRIAGE)
    desk.promote(TRIAGE, to="beta")
    desk.save(TRIAGE, "two")
    number = desk.promote(f"{TRIAGE}@2")
    desk.rollback(f"{TONE}@1", stages=("beta",), or_none=True)
    with refused("undo_refused", says=f"{TRIAGE}@1 was rolled back since"):
        desk.undo(number, by=ON_CALL)
    assert 2 == desk.entry("internal", TRIAGE).settled
    check_invariants(desk.product)


def test_what_a_restore_took_away_unsigned_is_no_target_for_everybody(desk: Desk, broken: int) -> None:
    """It would come back by rolling back what the restore had settled in its place."""
    desk.undo(broken)
    desk.clock.forward(hours=1)
    signed = desk.clock.now
    desk.clock.forward(hours=1)
    desk.propose(f"{TRIAGE}@2", to="full", by=ADMIN, break_glass="Fire again")
    desk.clock.forward(hours=1)
    desk.restore(feature="support", at=signed)
    assert 1 == desk.entry("full", TRIAGE).settled
    for more in ({}, {"to": "2"}):
        with refused("forbidden", says="unsigned"):
            desk.rollback(f"{TRIAGE}@1", by=SECOND, stages=("full",), **more)
    assert 1 == desk.entry("full", TRIAGE).settled
    desk.rollback(f"{TRIAGE}@1", by=ADMIN, stages=("full",))
    assert 2 == desk.entry("full", TRIAGE).settled
    check_invariants(desk.product)


@SQLITE
def test_a_hotfix_by_a_broken_glass_is_what_a_later_release_goes_back_to(desk: Desk, broken: int) -> None:
    """It stood there until then and nobody took it away: no right beyond rolling back is asked for."""
    desk.save(TRIAGE, "three")
    desk.climb(f"{TRIAGE}@3")
    desk.rollback(f"{TRIAGE}@3", by=SECOND, stages=("full",))
    assert 2 == desk.entry("full", TRIAGE).settled
