"""What a promotion changes, when a proposal is overtaken, and the states of releases."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.releases.records import Item, Place
from prompts_admin.domain.releases.staleness import is_overtaken
from prompts_admin.domain.releases.states import (
    OPEN_STATES,
    TRANSITIONS,
    check_moves_something,
    next_state,
    promoted,
    promotion_changes,
    shown_state,
    state_when_removed,
    still_in_place,
)
from prompts_admin.domain.remedies import propose_afresh, see_release
from prompts_admin.domain.stages import EMPTY, STAGES, WHOLE, Entry, narrower
from tests.domain.releases.release_cases import KEY, all_shares, entries, part_shares, stages, versions

ladders = st.fixed_dictionaries({(stage, KEY): entries for stage in STAGES})
EVENTS = sorted({event for _, event in TRANSITIONS})
STATES = ["proposed", "approved", "live", "refused", "withdrawn", "stale", "rolled_back", "superseded"]


def after(item: Item, ladder: Mapping[Place, Entry]) -> dict[Place, Entry]:
    """Return the ladder after a promotion of one item."""
    return dict(ladder) | {change.place: change.after for change in promotion_changes([item], ladder)}


@given(entries, versions, part_shares)
def test_a_share_leaves_what_is_settled(entry: Entry, version: int, share: int) -> None:
    """Promoting to a share makes a candidate beside the settled version, in place of any other candidate."""
    assert promoted(entry, version, share) == Entry(entry.settled, version, share)


@given(entries, versions)
def test_all_settles_and_ends_the_candidate(entry: Entry, version: int) -> None:
    """Promoting to everybody leaves that version alone."""
    assert promoted(entry, version, WHOLE) == Entry(version)


@given(ladders, stages, versions)
def test_settling_clears_what_is_older_inside(ladder: dict[Place, Entry], stage: str, version: int) -> None:
    """When a wider stage settles a version, nobody inside gets an older one, and newer ones stay."""
    there = after(Item(stage, KEY, version), ladder)
    if ladder[stage, KEY].settled == version:
        return
    for inside in narrower(stage):
        old, new = ladder[inside, KEY], there[inside, KEY]
        assert new.settled == (old.settled if old.settled and old.settled >= version else None)
        keeps = old.candidate is not None and old.candidate >= version
        assert (new.candidate, new.percentage) == ((old.candidate, old.percentage) if keeps else (None, 0))


@given(ladders, stages, versions, all_shares)
def test_wider_stages_are_left_alone(
    ladder: dict[Place, Entry], stage: str, version: int, share: int
) -> None:
    """A promotion changes its own stage and narrower ones, only where something becomes different."""
    changes = promotion_changes([Item(stage, KEY, version, share)], ladder)
    assert {change.stage for change in changes} <= {stage, *narrower(stage)}
    assert all(change.before == ladder[change.place] != change.after for change in changes)


@given(ladders, stages, versions, part_shares)
def test_a_share_clears_nothing_inside(
    ladder: dict[Place, Entry], stage: str, version: int, share: int
) -> None:
    """A candidate settles nothing, so narrower stages keep what they have."""
    changes = promotion_changes([Item(stage, KEY, version, share)], ladder)
    assert {change.stage for change in changes} <= {stage}


@given(ladders, stages)
def test_another_artifact_is_left_alone(ladder: dict[Place, Entry], stage: str) -> None:
    """Only the keys of the items change."""
    other = {(s, "support/reply"): Entry(1) for s in STAGES}
    changes = promotion_changes([Item(stage, KEY, 9)], ladder | other)
    assert {change.key for change in changes} <= {KEY}


@given(entries, versions, all_shares)
def test_an_item_must_move_something(entry: Entry, version: int, share: int) -> None:
    """Refused exactly when the place would stay as it is, or a settled version would become a share."""
    item = Item("beta", KEY, version, share, basis=entry)
    same = promoted(entry, version, share) == entry
    if same or (share < WHOLE and entry.settled == version):
        with pytest.raises(Refused, match=f"'{KEY}@{version}'") as caught:
            check_moves_something(item)
        assert caught.value.code == "nothing_changes"
    else:
        check_moves_something(item)


def test_switching_off_what_is_off_moves_nothing() -> None:
    """Switching off is asked for only where something stands."""
    with pytest.raises(Refused):
        check_moves_something(Item("beta", KEY, None, basis=EMPTY))
    check_moves_something(Item("beta", KEY, None, basis=Entry(None, 3, 10)))


@given(entries, entries, versions)
def test_overtaken_when_settled_or_candidate_differs(basis: Entry, now: Entry, version: int) -> None:
    """A proposal is overtaken exactly when another version is settled or candidate at its place."""
    same = basis.settled == now.settled and basis.candidate == now.candidate
    assert is_overtaken(Item("beta", KEY, version, basis=basis), now) is not same


@given(entries.filter(lambda entry: entry.candidate is not None), part_shares)
def test_another_share_does_not_overtake(basis: Entry, share: int) -> None:
    """The same candidate at another share leaves a proposal open."""
    now = Entry(basis.settled, basis.candidate, share)
    assert not is_overtaken(Item("beta", KEY, 9, basis=basis), now)


@given(st.sampled_from(STATES), st.sampled_from(EVENTS))
def test_the_transition_table_is_closed(state: str, event: str) -> None:
    """Every (state, event) leads to a state of the table or is refused; closed states never move."""
    if (state, event) in TRANSITIONS:
        assert state in OPEN_STATES
        assert next_state(state, event, number=3) in STATES
    else:
        with pytest.raises(Conflict, match=f"Release 3 is {state}") as caught:
            next_state(state, event, number=3)
        assert (caught.value.code, caught.value.exit_code) == ("not_open", 4)


def test_only_an_approved_release_goes_live_without_glass() -> None:
    """Going live leads from `approved`, or through broken glass, and from nowhere else."""
    live = {step for step, state in TRANSITIONS.items() if state == "live"}
    assert live == {("approved", "go_live"), ("approved", "break_glass"), ("proposed", "break_glass")}


def test_a_stale_release_says_how_to_propose_afresh() -> None:
    """The refusal of a stale release comes with the one step that helps, any other with its page."""
    for state, remedy in (("stale", propose_afresh(3)), ("withdrawn", see_release(3))):
        with pytest.raises(Conflict) as caught:
            next_state(state, "approve", number=3)
        assert remedy == caught.value.remedy


@given(st.lists(st.sampled_from(["current", "superseded", "rolled_back"]), min_size=1))
def test_a_release_shows_live_while_any_item_is(states: list[str]) -> None:
    """Live while any item is current, else rolled back if a putting back removed one, else superseded."""
    order = ["current", "rolled_back", "superseded"]
    shown = min(states, key=order.index)
    assert shown_state(states) == {"current": "live"}.get(shown, shown)


@given(entries, versions, all_shares)
def test_what_a_promotion_placed_is_in_place(entry: Entry, version: int, share: int) -> None:
    """A promotion is current right after it, and not once another version or share has its place."""
    item = Item("beta", KEY, version, share, basis=entry)
    placed = promoted(entry, version, share)
    assert still_in_place("promotion", item, placed, placed)
    assert not still_in_place("promotion", item, placed, promoted(placed, version + 1, share))
    assert not still_in_place("promotion", item, placed, EMPTY)
    if share < WHOLE:
        other = Entry(placed.settled, version, share % (WHOLE - 1) + 1)
        assert not still_in_place("promotion", item, placed, other)


@given(st.sampled_from(["rollback", "undo", "restore"]), entries)
def test_what_was_put_back_is_in_place(kind: str, placed: Entry) -> None:
    """What was put back is current until it is taken away; a candidate beside it takes nothing away."""
    item = Item("beta", KEY, placed.settled)
    assert still_in_place(kind, item, placed, placed)
    assert not still_in_place(kind, item, placed, Entry(10))
    if placed.settled is not None and placed.candidate is None:
        assert still_in_place(kind, item, placed, Entry(placed.settled, 10, 500))
    if placed.candidate is not None:
        assert not still_in_place(kind, item, placed, Entry(placed.settled, 10, 500))
    if placed.is_empty:
        assert not still_in_place(kind, item, placed, Entry(None, 10, 500))


def test_a_putting_back_leaves_rolled_back_items() -> None:
    """What a rollback, undo or restore removes was rolled back; what a promotion replaces, superseded."""
    words = {
        kind: state_when_removed(kind) for kind in ("promotion", "initial", "rollback", "undo", "restore")
    }
    assert {kind for kind, word in words.items() if word == "superseded"} == {"promotion", "initial"}
    assert {kind for kind, word in words.items() if word == "rolled_back"} == {"rollback", "undo", "restore"}


def test_a_rollback_of_a_candidate_stands_until_there_is_one_again() -> None:
    """It only took the candidate away: a later one, or its undo, ends it."""
    item = Item("beta", KEY, 1, basis=Entry(1, 2, 10_000))
    assert still_in_place("rollback", item, Entry(1), Entry(1))
    assert not still_in_place("rollback", item, Entry(1), Entry(1, 2, 10_000))
    assert not still_in_place("rollback", item, Entry(1), Entry(1, 3, 5_000))
