"""Rollback: one named version goes, from everywhere, to what was there before, and is marked."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Usage
from tests.support.cast import AUTHOR, LAWYER, ON_CALL
from tests.support.desk import REPLY, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Version 1, then 2, settled on internal and beta."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.climb(TRIAGE, up_to="beta")
    return desk


def test_a_rollback_typed_twice_goes_back_once(two: Desk) -> None:
    """The second says who was faster and how to go further; named, it goes further."""
    done = two.rollback(TRIAGE)
    assert (shares(1, 1, None), "live", "rollback") == (two.stages(TRIAGE), done["state"], done["kind"])
    two.clock.forward(seconds=20)
    with refused(
        "already_rolled_back", says=f"by {ON_CALL} 20 s ago. To go further: prompts-admin rollback {TRIAGE}@1"
    ):
        two.rollback(TRIAGE, by=AUTHOR)
    with refused("already_rolled_back", says="was already rolled back to v1"):
        two.rollback(f"{TRIAGE}@2", by=AUTHOR)
    assert shares(1, 1, None) == two.stages(TRIAGE)
    further = two.rollback(f"{TRIAGE}@1", or_none=True)
    assert shares(None, None, None) == two.stages(TRIAGE)
    assert [{"stage": s, "key": TRIAGE} for s in ("beta", "internal")] == further["switched_off"]
    assert [] == further["left_on"]
    check_invariants(two.product)


def test_the_same_bad_text_saved_again_is_still_marked(two: Desk) -> None:
    """The mark sits on the digest: it warns, asks for somebody else's yes even on internal, and is lifted by that."""
    two.rollback(f"{TRIAGE}@2")
    assert 3 == two.save(TRIAGE, "good")
    assert 4 == two.save(TRIAGE, "two")
    asked = two.propose(TRIAGE)
    assert ("proposed", [("any", 1)]) == (asked["state"], [(m["role"], m["count"]) for m in asked["missing"]])
    with refused("barred"):
        two.approve(asked["number"], by=AUTHOR)
    assert "live" == two.approve(asked["number"], by=LAWYER)["state"]
    assert set() == two.marked(TRIAGE)
    check_invariants(two.product)


@SQLITE
def test_several_running_versions_are_named(two: Desk) -> None:
    """Without a number the answer is the ready commands."""
    two.save(TRIAGE, "three")
    two.promote(TRIAGE)
    with pytest.raises(Usage) as caught:
        two.rollback(TRIAGE)
    assert [f"prompts-admin rollback {TRIAGE}@{n}" for n in (3, 2)] == caught.value.members["commands"]
    two.rollback(TRIAGE, stages=("beta",))
    assert shares(3, 1, None) == two.stages(TRIAGE)


@SQLITE
def test_what_stands_by_a_rollback_on_one_stage_is_named(two: Desk) -> None:
    """A later promotion of the same version elsewhere does not make it safe to leave out the number."""
    two.rollback(f"{TRIAGE}@2", stages=("beta",))
    two.rollback(f"{TRIAGE}@2", stages=("internal",))
    two.promote(TRIAGE, to="full")
    with refused("already_rolled_back"):
        two.rollback(TRIAGE)
    assert shares(1, 1, 1) == two.stages(TRIAGE)


@SQLITE
def test_removing_a_candidate_leaves_the_settled_version(two: Desk) -> None:
    """And the others keep their share."""
    two.save(TRIAGE, "three")
    two.promote(TRIAGE, percent=30)
    two.rollback(f"{TRIAGE}@3")
    assert shares(2, 2, None) == two.stages(TRIAGE)


@SQLITE
def test_back_to_the_most_recent_by_time_that_is_not_marked(desk: Desk) -> None:
    """Not the highest number, and not the same text under another number."""
    for text in ("one", "two", "bad"):
        desk.save(TRIAGE, text)
    for version in (2, 1, 3):
        desk.promote(f"{TRIAGE}@{version}")
    assert 4 == desk.save(TRIAGE, "new")
    assert 5 == desk.save(TRIAGE, "bad")
    desk.promote(f"{TRIAGE}@5")
    desk.rollback(f"{TRIAGE}@5")
    assert shares(1, None, None) == desk.stages(TRIAGE)


@SQLITE
def test_a_target_is_named_and_must_qualify(two: Desk) -> None:
    """It was settled there and is not marked; otherwise those that do are listed; `none` switches off."""
    two.save(TRIAGE, "three")
    two.promote(TRIAGE)
    with refused("no_target", says="Those that qualify: v2, v1"):
        two.rollback(f"{TRIAGE}@3", to="9")
    two.rollback(f"{TRIAGE}@3", to="1")
    assert shares(1, 2, None) == two.stages(TRIAGE)
    two.rollback(f"{TRIAGE}@1", to="none")
    assert shares(None, 2, None) == two.stages(TRIAGE)


@SQLITE
def test_an_expectation_that_does_not_hold_stops_it(two: Desk) -> None:
    """Of a named key, and of one that this would not touch."""
    for expect in ({TRIAGE: 1}, {REPLY: 2}):
        with refused("expectation_failed"):
            two.rollback(TRIAGE, expect=expect)
    two.rollback(TRIAGE, expect={TRIAGE: 2})


def test_all_of_a_release_that_is_still_current(desk: Desk) -> None:
    """What was superseded since stays; what is left behind of a release is named."""
    for text in ("one", "two"):
        for key in (TRIAGE, REPLY):
            desk.save(key, text)
        number = desk.promote(TRIAGE, REPLY)
    one = desk.rollback(f"{TRIAGE}@2")
    assert [(number, REPLY, 2)] == [(b["release"], b["key"], b["version"]) for b in one["left_behind"]]
    desk.rollback(release=number)
    assert shares(1, None, None) == desk.stages(TRIAGE) == desk.stages(REPLY)
    assert "rolled_back" == desk.state(number)
    with refused("not_live", says=f"Nothing of release {number}"):
        desk.rollback(release=number)
    check_invariants(desk.product)


@SQLITE
def test_a_dry_run_tells_and_changes_nothing(two: Desk) -> None:
    """Neither entries nor numbers."""
    told = two.rollback(TRIAGE, dry_run=True)
    assert [("beta", 2, 1), ("internal", 2, 1)] == [
        (c["stage"], c["before"]["settled"], c["after"]["settled"]) for c in told["changes"]
    ]
    assert shares(2, 2, None) == two.stages(TRIAGE)
    assert set() == two.marked(TRIAGE)


@SQLITE
def test_it_asks_for_the_right_and_for_something_to_go(two: Desk) -> None:
    """A viewer may not; a version that never ran is not live; a stage that is none is refused."""
    with refused("forbidden"):
        two.rollback(TRIAGE, by=LAWYER)
    two.save(TRIAGE, "three")
    with refused("not_live"):
        two.rollback(f"{TRIAGE}@3")
    with refused("invalid"):
        two.rollback(TRIAGE, stages=("moon",))
    with refused("malformed"):
        two.rollback()


def test_a_rollback_after_an_undone_one_finds_the_same_target(two: Desk) -> None:
    """What an undone rollback settled was settled before as well: nothing is switched off."""
    for _ in range(2):
        two.undo(two.rollback(f"{TRIAGE}@2")["number"])
    assert [] == two.rollback(f"{TRIAGE}@2")["switched_off"]
    assert shares(1, 1, None) == two.stages(TRIAGE)
    check_invariants(two.product)


def test_rollbacks_one_after_another_go_down_version_by_version(two: Desk) -> None:
    """3 goes back to 2, and 2 to 1: what came by a rollback has what was before it behind it."""
    two.save(TRIAGE, "three")
    two.climb(TRIAGE, up_to="beta")
    two.rollback(f"{TRIAGE}@3")
    assert shares(2, 2, None) == two.stages(TRIAGE)
    two.rollback(f"{TRIAGE}@2")
    assert shares(1, 1, None) == two.stages(TRIAGE)
