"""The one way in which anything becomes live: promotions, rollbacks, undos and restores end here.

Everything happens in the caller's transaction: entries, history, states of earlier releases, proposals
that turn stale, revision, audit and outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prompts_admin.domain.releases import (
    Change,
    Happened,
    Item,
    is_overtaken,
    next_state,
    promotion_changes,
    shown_state,
    state_when_removed,
    still_in_place,
)
from prompts_admin.domain.stages import EMPTY, Entry
from prompts_admin.services.work import Work
from prompts_admin.store import artifacts, entries, history, releases
from prompts_admin.store.entries import Slot
from prompts_admin.store.history import ItemState
from prompts_admin.store.releases import Event, Release, State


def make_live(work: Work, release: Release, items: Sequence[Item], changes: Sequence[Change]) -> int:
    """Write what `release` changes and return the new revision; its state row is the caller's."""
    revision = work.uow.raise_revision()
    by = work.actor.label
    entries.apply_changes(work.connection, changes, Slot(release.number, work.now, by))
    history.insert_changes(
        work.connection,
        changes,
        release=release.number,
        kind=release.kind,
        revision=revision,
        at=work.now,
        by=by,
    )
    _end_items(work, release, changes)
    own = [ItemState(release.number, item.stage, item.key, "current") for item in items]
    history.insert_item_states(work.connection, own)
    _turn_stale_by_changes(work, release, changes)
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
    known = entries.marked_subjects(work.connection, {key for key, _ in subjects})
    news = [subject for subject in subjects if (subject in known) != marked]
    entries.set_marks(work.connection, news, marked=marked, release=release, now=work.now)
    if marked:
        _turn_stale_by_marks(work, release, frozenset(subjects))


def turn_stale(work: Work, number: int, old: str, reason: str) -> None:
    """Close an open release because what it was proposed against has changed."""
    state = next_state(old, "go_stale", number=number)
    releases.move_state(work.connection, old, State(number, state, work.now, work.actor.label, reason))
    releases.add_event(work.connection, Event(number, "stale", work.now, work.actor.label, reason))
    feature = releases.find_releases(work.connection, [number])[number].feature
    work.record("go_stale", f"release {number}", feature=feature, reason=reason)
    work.announce("notify", {"event": "stale", "release": number})


def _end_items(work: Work, release: Release, changes: Sequence[Change]) -> None:
    """Write what became of earlier items at the changed places; an undo gives them back."""
    keys = {change.key for change in changes}
    current = history.item_states_at(work.connection, keys)
    placed, asked = history.placed_by(work.connection, current), history.items_at(work.connection, current)
    after = {change.place: change.after for change in changes}
    kind = _effective_kind(work, release)
    moved: list[ItemState] = []
    for state in current:
        here = (state.stage, state.key)
        line = placed.get((state.release, here))
        if (
            here in after
            and line is not None
            and not _stands(line, asked.get((state.release, here)), after[here])
        ):
            ended = state_when_removed(kind)
            moved.append(ItemState(state.release, state.stage, state.key, ended, release.number))
    if release.undo_of is not None:
        for state in history.item_states_ended_by(work.connection, release.undo_of):
            moved.append(ItemState(state.release, state.stage, state.key, "current"))
    history.set_item_states(work.connection, moved)
    _show(work, {state.release for state in moved})


def _effective_kind(work: Work, release: Release) -> str:
    """Return what a release does: undoing an undo does again what had been undone."""
    while release.kind == "undo" and release.undo_of is not None:
        undone = releases.find_releases(work.connection, [release.undo_of])[release.undo_of]
        if undone.kind != "undo" or undone.undo_of is None:
            return "undo"
        release = releases.find_releases(work.connection, [undone.undo_of])[undone.undo_of]
    return release.kind


def _stands(line: Happened, item: Item | None, now: Any) -> bool:
    return item is not None and still_in_place(line.kind, item, line.after, now)


def _show(work: Work, numbers: set[int]) -> None:
    states = history.item_states_of(work.connection, numbers)
    shown = {number: shown_state(row.state for row in rows) for number, rows in states.items()}
    releases.show_states(work.connection, shown)


def _turn_stale_by_changes(work: Work, release: Release, changes: Sequence[Change]) -> None:
    after = {change.place: change.after for change in changes}
    for number, items in _open_items(work, {change.key for change in changes}, release.number).items():
        gone = [item for item in items if item.place in after and _is_moot(item, after[item.place])]
        if gone:
            where = ", ".join(f"{item.key} on {item.stage}" for item in gone)
            turn_stale(work, number, _state(work, number), f"Release {release.number} changed {where}.")


def _is_moot(item: Item, now: Entry) -> bool:
    """Tell whether an item was overtaken, or what it asks for is so already."""
    return is_overtaken(item, now) or not promotion_changes((item,), {item.place: now})


def _turn_stale_by_marks(work: Work, release: int, subjects: frozenset[tuple[str, str]]) -> None:
    open_items = _open_items(work, set(), release)
    ids = {
        (item.key, item.version)
        for items in open_items.values()
        for item in items
        if item.version is not None
    }
    inner = artifacts.contained_in(work.connection, ids)
    for number, items in open_items.items():
        bad = [item for item in items if subjects & {(item.key, item.digest or ""), *_inner(item, inner)}]
        if bad:
            what = ", ".join(f"{item.key}@{item.version}" for item in bad)
            turn_stale(
                work, number, _state(work, number), f"Release {release} rolled back what {what} contains."
            )


def _inner(item: Item, inner: Any) -> set[tuple[str, str]]:
    return {(i.key, i.digest) for i in inner.get((item.key, item.version), ())}


def _open_items(work: Work, keys: set[str], but: int) -> dict[int, tuple[Item, ...]]:
    numbers = [n for n in releases.open_releases_at(work.connection, keys=keys) if n != but]
    return releases.items_of(work.connection, numbers) if numbers else {}


def _state(work: Work, number: int) -> str:
    return releases.states_of(work.connection, [number])[number].state


def _detail(changes: Sequence[Change], revision: int) -> dict[str, Any]:
    return {
        "revision": revision,
        "changes": [
            {"stage": c.stage, "key": c.key, "before": _entry(c.before), "after": _entry(c.after)}
            for c in changes
        ],
    }


def _entry(entry: Any) -> dict[str, Any] | None:
    if entry == EMPTY:
        return None
    return {name: value for name, value in vars(entry).items() if value}
