"""Restore: a feature or everything as it was settled at a time."""

from __future__ import annotations

from datetime import datetime

import pytest

from prompts_admin.services.artifacts.lifecycle import archive
from tests.support.cast import AUTHOR, ON_CALL
from tests.support.desk import FAST, OTHER, REPLY, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def then(desk: Desk) -> datetime:
    """The moment at which version 1 of triage and letter was settled; since then 2, and reply came."""
    for key in (TRIAGE, OTHER):
        desk.save(key, "one")
        desk.promote(key)
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    for key in (TRIAGE, OTHER):
        desk.save(key, "two")
        desk.promote(key)
    desk.save(REPLY, "one")
    desk.promote(REPLY)
    return moment


def test_a_feature_goes_back_and_the_others_stay(desk: Desk, then: datetime) -> None:
    """One release, one undo; what was not live then stays and is listed."""
    done = desk.restore(feature="support", at=then)
    assert ("restore", "live", [{"stage": "internal", "key": REPLY}]) == (
        done["kind"],
        done["state"],
        done["left"],
    )
    assert [shares(v, None, None) for v in (1, 2, 1)] == [desk.stages(key) for key in (TRIAGE, OTHER, REPLY)]
    desk.undo(done["number"])
    assert shares(2, None, None) == desk.stages(TRIAGE)
    check_invariants(desk.product)


def test_the_workspace_exactly(desk: Desk, then: datetime) -> None:
    """What was not live then is switched off."""
    desk.restore(at=then, exact=True)
    assert [shares(v, None, None) for v in (1, 1, None)] == [
        desk.stages(key) for key in (TRIAGE, OTHER, REPLY)
    ]
    check_invariants(desk.product)


@SQLITE
def test_a_plan_changes_nothing(desk: Desk, then: datetime) -> None:
    """It says what would be done."""
    plan = desk.restore(at=then, dry_run=True)
    assert ([OTHER, TRIAGE], True) == (sorted(c["key"] for c in plan["changes"]), plan["dry_run"])
    assert shares(2, None, None) == desk.stages(TRIAGE)


@SQLITE
def test_what_was_marked_since_is_skipped_and_listed(desk: Desk) -> None:
    """By itself, and for what it contains."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one", model=FAST)
    desk.promote(TRIAGE, FAST)
    then = desk.clock.now
    desk.clock.forward(hours=1)
    desk.save(TRIAGE, "two", model=FAST)
    desk.save(REPLY, "two")
    desk.promote(TRIAGE, REPLY)
    desk.rollback(f"{FAST}@1", only=True, or_none=True)
    plan = desk.restore(at=then, dry_run=True)
    assert {(FAST, 1), (TRIAGE, 1)} == {(row["key"], row["version"]) for row in plan["skipped"]}


@SQLITE
def test_what_was_archived_since_stays_away(desk: Desk) -> None:
    """Archived is for good."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    then = desk.clock.now
    desk.clock.forward(hours=1)
    desk.rollback(f"{TRIAGE}@1", to="none")
    desk.do(ON_CALL, archive, TRIAGE)
    with refused("nothing_changes"):
        desk.restore(at=then)
    check_invariants(desk.product)


@SQLITE
def test_it_takes_a_releaser_a_known_feature_and_a_difference(desk: Desk, then: datetime) -> None:
    """Otherwise it is refused by name."""
    with refused("forbidden"):
        desk.restore(feature="support", at=then, by=AUTHOR)
    with refused("not_found"):
        desk.restore(feature="no-such", at=then)
    with refused("nothing_changes", says="Everything is as it was"):
        desk.restore(at=desk.clock.now)


@SQLITE
def test_what_only_an_undo_took_away_comes_back(desk: Desk) -> None:
    """To a moment at which something stood that was undone since, for the feature and for everything."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.save(TRIAGE, "two")
    number = desk.promote(TRIAGE)
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    desk.undo(number)
    desk.save(TRIAGE, "three")
    desk.promote(TRIAGE)
    plan = desk.restore(at=moment, dry_run=True)
    assert ([(TRIAGE, 2)], []) == (
        [(change["key"], change["after"]["settled"]) for change in plan["changes"]],
        plan["skipped"],
    )
    desk.restore(feature="support", at=moment)
    assert shares(2, None, None) == desk.stages(TRIAGE)
    check_invariants(desk.product)


@SQLITE
def test_what_an_undo_took_away_does_not_bring_back_what_was_rolled_back(desk: Desk) -> None:
    """It is judged by all that it contains, though no rollback looks at it any more."""
    desk.save(FAST, name="small", provider="openai")
    desk.promote(FAST)
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.save(TRIAGE, "two", model=FAST)
    number = desk.promote(TRIAGE)
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    desk.undo(number)
    desk.save(TRIAGE, "three")
    desk.promote(TRIAGE)
    desk.rollback(f"{FAST}@1", or_none=True)
    plan = desk.restore(at=moment, dry_run=True)
    assert (TRIAGE, 2) in {(row["key"], row["version"]) for row in plan["skipped"]}
