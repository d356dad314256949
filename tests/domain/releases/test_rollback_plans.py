"""Undo and restore: exact plans, and what stands in their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.releases.rollback import RestorePlan, restore_plan
from prompts_admin.domain.releases.switch_off import places_off
from prompts_admin.domain.releases.undo import undo_changes
from prompts_admin.domain.stages import EMPTY, STAGES, Entry
from tests.domain.releases.release_cases import KEY, LADDER, NOW, entries, versions

places = st.tuples(st.sampled_from(STAGES), st.sampled_from([KEY, "support/reply", "search/rewrite"]))
worlds = st.dictionaries(places, entries, max_size=6)
releases = st.dictionaries(places, st.tuples(entries, entries), min_size=1, max_size=4).map(
    lambda moves: tuple(Change(*place, *move) for place, move in sorted(moves.items()))
)
DAY = timedelta(hours=24)


def undo(
    changes: tuple[Change, ...], world: dict[Place, Entry], age: timedelta = timedelta()
) -> tuple[Change, ...]:
    """Undo release 5 in a world, `age` after it went live."""
    return undo_changes(5, changes, world, live_at=NOW, now=NOW + age, hours=24)


def applied(changes: tuple[Change, ...], world: dict[Place, Entry]) -> dict[Place, Entry]:
    """Return the world after changes, without empty places."""
    there = world | {change.place: change.after for change in changes}
    return {place: entry for place, entry in there.items() if entry != EMPTY}


def before(changes: tuple[Change, ...], world: dict[Place, Entry]) -> dict[Place, Entry]:
    """Return a world in which the changes can begin."""
    return applied((), world | {change.place: change.before for change in changes})


@given(releases, worlds)
def test_undo_is_exact(changes: tuple[Change, ...], world: dict[Place, Entry]) -> None:
    """Undoing what just went live gives the same world again, percentages included."""
    start = before(changes, world)
    there = applied(changes, start)
    assert applied(undo(changes, there), there) == start


@given(releases, worlds)
def test_undo_of_undo_is_exact(changes: tuple[Change, ...], world: dict[Place, Entry]) -> None:
    """Undoing an undo does the release again, and so on."""
    there = applied(changes, before(changes, world))
    back = undo(changes, there)
    assert undo(back, applied(back, there)) == changes


@given(releases, worlds, st.data())
def test_undo_after_any_other_change_is_refused(
    changes: tuple[Change, ...], world: dict[Place, Entry], data: st.DataObject
) -> None:
    """One moved place, be it only its percentage, refuses the whole undo and is named."""
    there = applied(changes, before(changes, world))
    change = data.draw(st.sampled_from(changes))
    moved = data.draw(entries)
    assume(moved != change.after)
    with pytest.raises(Refused, match=f"{change.key} on {change.stage}") as caught:
        undo(changes, there | {change.place: moved})
    assert (caught.value.code, caught.value.status) == ("undo_refused", 409)
    assert caught.value.remedy.startswith("Promote")


@given(releases, worlds)
def test_changes_elsewhere_do_not_refuse_an_undo(
    changes: tuple[Change, ...], world: dict[Place, Entry]
) -> None:
    """What other artifacts and stages do has no say, and is not touched."""
    there = applied(changes, before(changes, world))
    elsewhere = {("full", "sales/summary"): Entry(3)}
    back = undo(changes, there | elsewhere)
    assert {change.place for change in back} == {change.place for change in changes}


@given(releases, st.integers(-3600, 3600))
def test_undo_ends_after_a_day(changes: tuple[Change, ...], seconds: int) -> None:
    """For 24 hours and not a second longer."""
    there = applied(changes, before(changes, {}))
    if seconds <= 0:
        undo(changes, there, DAY + timedelta(seconds=seconds))
        return
    with pytest.raises(Refused, match="older than 24 hours") as caught:
        undo(changes, there, DAY + timedelta(seconds=seconds))
    assert caught.value.remedy.startswith("Promote")


def restored(
    then: dict[Place, Entry],
    now: dict[Place, Entry],
    *marked: int,
    exact: bool = False,
    barred: Iterable[Place] = (),
) -> RestorePlan:
    """Return the plan of a restore where these versions are marked."""
    return restore_plan(
        then, now, is_marked=lambda _, v: v in marked, audiences=LADDER, barred=set(barred), exact=exact
    )


@given(worlds, worlds, st.sets(versions), st.booleans())
def test_restore_settles_what_was_settled(
    then: dict[Place, Entry], now: dict[Place, Entry], marked: set[int], exact: bool
) -> None:
    """Each place ends settled as it was then, or unchanged because it is left or skipped and listed."""
    plan = restored(then, now, *marked, exact=exact)
    there = now | {change.place: change.after for change in plan.changes}
    skipped = {(stage, key): version for stage, key, version in plan.skipped}
    for place in {*then, *now}:
        old, settled, new = now.get(place, EMPTY), then.get(place, EMPTY).settled, there.get(place, EMPTY)
        if place in skipped:
            assert (new, skipped[place]) == (old, settled)
        elif place in plan.left:
            assert (new, settled) == (old, None)
        else:
            assert new == Entry(settled)


@given(worlds, worlds, st.sets(versions), st.sets(places))
def test_restore_never_settles_a_marked_or_barred_version_again(
    then: dict[Place, Entry], now: dict[Place, Entry], marked: set[int], barred: set[Place]
) -> None:
    """They stay where they are and come back nowhere."""
    plan = restored(then, now, *marked, barred=barred)
    for change in plan.changes:
        stays = change.after.settled == change.before.settled
        assert stays or (
            change.after.settled not in marked and (change.place not in barred or not change.after.settled)
        )
    assert all(version in marked or (stage, key) in barred for stage, key, version in plan.skipped)


@given(worlds, worlds, st.booleans())
def test_restore_leaves_where_somebody_would_get_nothing(
    then: dict[Place, Entry], now: dict[Place, Entry], exact: bool
) -> None:
    """Nothing was settled there then: listed, unless it is switched off by `exact`, which then says so."""
    all_of_it = restored(then, now, exact=True)
    off = places_off(all_of_it.changes, now, LADDER)
    plan = restored(then, now, exact=exact)
    assert (set(plan.left), set(plan.off)) == ((set(), off) if exact else (off, set()))
    assert {c.place for c in plan.changes} == {c.place for c in all_of_it.changes} - set(plan.left)
    assert all(then.get(place, EMPTY).settled is None for place in off)


def test_what_was_served_by_a_wider_stage_is_served_by_it_again() -> None:
    """Nothing stood on internal then, and its people had what full has: they have it again, left is nothing."""
    then, now = {("full", KEY): Entry(1)}, {("full", KEY): Entry(2), ("internal", KEY): Entry(3)}
    plan = restored(then, now)
    assert (EMPTY, ()) == (plan.changes[1].after, plan.left)
    # What is skipped on the wider stage serves nobody: then internal is all that its people have.
    alone = restored(then, {("internal", KEY): Entry(3)}, barred=[("full", KEY)])
    assert ((), (("internal", KEY),)) == (alone.changes, alone.left)


@given(worlds)
def test_restoring_the_present_changes_only_shares(now: dict[Place, Entry]) -> None:
    """As of now nothing new is settled; candidates end, because a restore settles."""
    plan = restore_plan(now, now, is_marked=lambda *_: True, audiences=LADDER)
    assert not plan.skipped
    assert all(c.after == Entry(c.before.settled) and c.before.candidate for c in plan.changes)


@given(worlds, worlds, st.booleans())
def test_a_restore_twice_is_a_restore_once(
    then: dict[Place, Entry], now: dict[Place, Entry], exact: bool
) -> None:
    """The second plan for the same moment is empty."""
    plan = restored(then, now, exact=exact)
    there = now | {change.place: change.after for change in plan.changes}
    assert restored(then, there, exact=exact).changes == ()
