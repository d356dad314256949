"""Undo: exactly what stood before, while everything that was put in place is still there."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Refused
from prompts_admin.services.artifacts.lifecycle import archive
from tests.support.cast import LAWYER, OUTSIDER
from tests.support.desk import REPLY, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Version 1 settled, 2 a candidate for 12.345 % on internal."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
    desk.promote(f"{TRIAGE}@1")
    desk.promote(f"{TRIAGE}@2", percent=12.345)
    return desk


def test_an_undo_is_exact(two: Desk) -> None:
    """Percentages and what a wider stage cleared come back; the release shows what became of it."""
    before = two.stages(TRIAGE)
    number = two.promote(f"{TRIAGE}@2")
    undone = two.undo(number)
    assert before == two.stages(TRIAGE) == shares((1, 2, 12.345), None, None)
    assert ("rolled_back", "live", number) == (two.state(number), undone["state"], undone["undo_of"])
    check_invariants(two.product)


def test_undo_after_another_release_is_refused(two: Desk) -> None:
    """Also when the same version is back by another release, and when it was undone already."""
    second = two.promote(f"{TRIAGE}@2")
    two.save(TRIAGE, "three")
    third = two.promote(f"{TRIAGE}@3")
    with refused("undo_refused", says="changed since"):
        two.undo(second)
    two.rollback(f"{TRIAGE}@3")
    assert shares(2, None, None) == two.stages(TRIAGE)
    for number in (second, third):
        with refused("undo_refused", says="Promote the version you want"):
            two.undo(number)
    check_invariants(two.product)


def test_undoing_a_rollback_lifts_its_mark_and_an_undo_can_be_undone(two: Desk) -> None:
    """And marks again; each undo is a release of its own."""
    done = two.rollback(f"{TRIAGE}@2")["number"]
    assert {TRIAGE} == two.marked(TRIAGE)
    undone = two.undo(done)["number"]
    assert (set(), shares((1, 2, 12.345), None, None)) == (two.marked(TRIAGE), two.stages(TRIAGE))
    again = two.undo(undone)["number"]
    assert ({TRIAGE}, shares(1, None, None)) == (two.marked(TRIAGE), two.stages(TRIAGE))
    with refused("undo_refused"):
        two.undo(done)
    two.undo(again)
    assert (set(), shares((1, 2, 12.345), None, None)) == (two.marked(TRIAGE), two.stages(TRIAGE))
    check_invariants(two.product)


@SQLITE
def test_undoing_the_second_rollback_of_a_version_leaves_the_mark_of_the_first(desk: Desk) -> None:
    """Rolled back on beta and then on internal, it stays marked for what happened on beta."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.climb(TRIAGE, up_to="beta")
    desk.rollback(f"{TRIAGE}@2", stages=("beta",))
    second = desk.rollback(f"{TRIAGE}@2", stages=("internal",))["number"]
    desk.undo(second)
    assert {TRIAGE} == desk.marked(TRIAGE)


@SQLITE
def test_undoing_a_promotion_sets_no_mark(two: Desk) -> None:
    """The version may be promoted again by the same people."""
    number = two.promote(f"{TRIAGE}@2")
    two.undo(number)
    assert set() == two.marked(TRIAGE)
    assert "live" == two.propose(f"{TRIAGE}@2")["state"]


@SQLITE
def test_an_undo_is_whole_or_not_at_all(desk: Desk) -> None:
    """One of two artifacts changed since, so neither goes back."""
    for key in (TRIAGE, REPLY):
        desk.save(key, "one")
    number = desk.promote(TRIAGE, REPLY)
    desk.save(REPLY, "two")
    desk.promote(REPLY)
    with refused("undo_refused", says=REPLY):
        desk.undo(number)
    assert shares(1, None, None) == desk.stages(TRIAGE)


@SQLITE
@pytest.mark.parametrize(("hours", "allowed"), [(24, True), (24.001, False)])
def test_there_are_24_hours(two: Desk, hours: float, allowed: bool) -> None:
    """To the end of the last one."""
    number = two.promote(f"{TRIAGE}@2")
    two.clock.forward(hours=hours)
    if allowed:
        two.undo(number)
    else:
        with refused("undo_refused", says="older than 24 hours"):
            two.undo(number)


@SQLITE
def test_what_never_went_live_is_withdrawn_and_not_undone(two: Desk) -> None:
    """And rights are asked for."""
    number = two.propose(f"{TRIAGE}@1", to="beta")["number"]
    with refused("undo_refused", says=f"withdraw {number}"):
        two.undo(number)
    with refused("forbidden"):
        two.undo(2, by=LAWYER)
    with refused("not_found"):
        two.undo(2, by=OUTSIDER)


@SQLITE
def test_what_was_archived_since_does_not_come_back(desk: Desk) -> None:
    """Keys that are archived are never live again."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    off = desk.rollback(f"{TRIAGE}@1", to="none")["number"]
    desk.do("oncall@example.com", archive, TRIAGE)
    with pytest.raises(Refused, match="archived"):
        desk.undo(off)
    check_invariants(desk.product)
