"""The one way in which anything becomes live: promotions, rollbacks, undos and restores end here.

Everything happens in the caller's transaction: entries, history, states of earlier releases, proposals
that turn stale, revision, audit and outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypedDict

from prompts_admin.domain import remedies
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.records import (
    Change,
    CurrentItem,
    Event,
    Item,
    ItemState,
    Release,
    Slot,
    State,
)
from prompts_admin.domain.releases.states import (
    is_overtaken,
    next_state,
    promotion_changes,
    state_when_removed,
    still_in_place,
)
from prompts_admin.domain.stages import EMPTY, Entry
from prompts_admin.schemas.remedies import command_of
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import history, item_states, live_versions, releases


class StaleRelease(TypedDict):
    """A proposal that turned stale, and the command that proposes it afresh."""

    release: int
    stage: str | None
    command: str


def make_live(
    work: Work,
    release: Release,
    items: Sequence[Item],
    changes: Sequence[Change],
    rivals: Sequence[int] | None = None,
) -> int:
    """Write what `release` changes and return the new revision; its state row is the caller's.

    `rivals` are the other open releases of the changed artifacts, where they are known already.
    """
    revision = work.uow.raise_revision()
    by = work.actor.label
    # Read first: what is written meanwhile then goes to the database in one go.
    standing = item_states.current_at(work.connection, {change.key for change in changes})
    live_versions.apply_changes(work.uow, changes, Slot(release.number, work.now, by))
    history.insert_changes(
        work.uow,
        changes,
        release=release.number,
        kind=release.kind,
        revision=revision,
        at=work.now,
        by=by,
    )
    _end_items(work, release, changes, standing)
    own = [ItemState(release.number, item.stage, item.key, "current") for item in items]
    item_states.insert_item_states(work.uow, own)
    _turn_stale_by_changes(work, release, changes, rivals)
    work.announce("mirror.release", {"release": release.number})
    work.record(
        release.kind, f"release {release.number}", feature=release.feature, **_detail(changes, revision)
    )
    return revision


def set_marks(work: Work, release: int, subjects: Sequence[tuple[str, str]], *, marked: bool) -> None:
    """Mark digests as rolled back, or lift the marks; open proposals that contain a marked one turn stale."""
    if not subjects:
        return
    # What is marked already stays the earlier release's: undoing this one must not lift that mark.
    known = live_versions.marked_subjects(work.connection, {key for key, _ in subjects})
    news = [subject for subject in subjects if (subject in known) != marked]
    live_versions.set_marks(work.connection, news, marked=marked, release=release, now=work.now)
    if marked:
        _turn_stale_by_marks(work, release, frozenset(subjects))


def would_turn_stale(
    work: Work, changes: Sequence[Change], marks: frozenset[tuple[str, str]]
) -> list[StaleRelease]:
    """Return the open releases that these changes and marks would close."""
    numbers = sorted({*_overtaken(work, changes), *_tainted(work, marks)})
    found = releases.find_releases(work.connection, numbers) if numbers else {}
    return [
        stale_json(number, found[number].stage)
        for number in numbers
        if work.may("read", found[number].feature)
    ]


def stale_json(number: int, stage: str | None) -> StaleRelease:
    """Return how a proposal that turned stale is proposed afresh."""
    return {"release": number, "stage": stage, "command": command_of(remedies.propose_afresh(number))}


def turn_stale(work: Work, number: int, old: str, reason: str) -> None:
    """Close an open release because what it was proposed against has changed."""
    state = next_state(old, "go_stale", number=number)
    releases.move_state(work.connection, old, State(number, state, work.now, work.actor.label, reason))
    releases.add_event(work.uow, Event(number, "stale", work.now, work.actor.label, reason))
    feature = releases.find_releases(work.connection, [number])[number].feature
    work.record("go_stale", f"release {number}", feature=feature, reason=reason)
    work.announce("notify", {"event": "stale", "release": number})


def _end_items(
    work: Work, release: Release, changes: Sequence[Change], standing: Sequence[CurrentItem]
) -> None:
    """Write what became of earlier items at the changed places; an undo gives them back."""
    after = {change.place: change.after for change in changes}
    ended = state_when_removed(_effective_kind(work, release))
    moved = [
        replace(here.state, state=ended, ended_by=release.number)
        for here in standing
        if here.item.place in after and not _stands(here, after[here.item.place])
    ]
    if release.undo_of is not None:
        back = item_states.item_states_ended_by(work.connection, release.undo_of)
        moved += [replace(state, state="current", ended_by=None) for state in back]
    item_states.set_item_states(work.uow, moved)
    releases.show_states(work.uow, {state.release for state in moved})


def _effective_kind(work: Work, release: Release) -> str:
    """Return what a release does: undoing an undo does again what had been undone."""
    while release.kind == "undo" and release.undo_of is not None:
        undone = releases.find_releases(work.connection, [release.undo_of])[release.undo_of]
        if undone.kind != "undo" or undone.undo_of is None:
            return "undo"
        release = releases.find_releases(work.connection, [undone.undo_of])[undone.undo_of]
    return release.kind


def _stands(here: CurrentItem, now: Entry) -> bool:
    return still_in_place(here.line.kind, here.item, here.line.after, now)


def _turn_stale_by_changes(
    work: Work, release: Release, changes: Sequence[Change], rivals: Sequence[int] | None
) -> None:
    for number, gone in _overtaken(work, changes, rivals, release.number).items():
        where = ", ".join(f"{item.key} on {item.stage}" for item in gone)
        turn_stale(work, number, _state(work, number), f"Release {release.number} changed {where}.")


def _overtaken(
    work: Work, changes: Sequence[Change], rivals: Sequence[int] | None = None, but: int = 0
) -> dict[int, list[Item]]:
    """Return the open releases that changes overtake, and which of their items."""
    after = {change.place: change.after for change in changes}
    if rivals is None:
        rivals = releases.open_releases_at(work.connection, keys={change.key for change in changes})
    found = {
        number: [item for item in items if item.place in after and _is_moot(item, after[item.place])]
        for number, items in _items_of(work, rivals, but).items()
    }
    return {number: gone for number, gone in found.items() if gone}


def _is_moot(item: Item, now: Entry) -> bool:
    """Tell whether an item was overtaken, or what it asks for is so already."""
    return is_overtaken(item, now) or not promotion_changes((item,), {item.place: now})


def _turn_stale_by_marks(work: Work, release: int, subjects: frozenset[tuple[str, str]]) -> None:
    for number, bad in _tainted(work, subjects, release).items():
        what = ", ".join(f"{item.key}@{item.version}" for item in bad)
        turn_stale(work, number, _state(work, number), f"Release {release} rolled back what {what} contains.")


def _tainted(work: Work, subjects: frozenset[tuple[str, str]], but: int = 0) -> dict[int, list[Item]]:
    """Return the open releases with something that marks on `subjects` would forbid, and which items."""
    open_items = _items_of(work, releases.open_releases_at(work.connection), but)
    ids = {
        (item.key, item.version)
        for items in open_items.values()
        for item in items
        if item.version is not None
    }
    inner = artifacts.contained_in(work.connection, ids)
    found = {
        number: [i for i in items if subjects & {(i.key, i.digest or ""), *_inner(i, inner)}]
        for number, items in open_items.items()
    }
    return {number: bad for number, bad in found.items() if bad}


def _inner(item: Item, inner: Any) -> set[tuple[str, str]]:
    return {(i.key, i.digest) for i in inner.get((item.key, item.version), ())}


def _items_of(work: Work, numbers: Sequence[int], but: int) -> dict[int, tuple[Item, ...]]:
    numbers = [number for number in numbers if number != but]
    return releases.items_of(work.connection, numbers) if numbers else {}


def _state(work: Work, number: int) -> str:
    return releases.states_of(work.connection, [number])[number].state


def _detail(changes: Sequence[Change], revision: int) -> Json:
    return {
        "revision": revision,
        "changes": [
            {"stage": c.stage, "key": c.key, "before": _entry(c.before), "after": _entry(c.after)}
            for c in changes
        ],
    }


def _entry(entry: Any) -> Json | None:
    if entry == EMPTY:
        return None
    return {name: value for name, value in vars(entry).items() if value}
