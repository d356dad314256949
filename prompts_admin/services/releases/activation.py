"""The one way in which anything becomes live: promotions, rollbacks, undos and restores end here.

Everything happens in the caller's transaction: entries, history, states of earlier releases, proposals
that turn stale, revision, audit and outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.records import (
    Change,
    CurrentItem,
    Item,
    ItemState,
    Release,
    Slot,
)
from prompts_admin.domain.releases.states import (
    state_when_removed,
    still_in_place,
)
from prompts_admin.domain.stages import EMPTY, Entry
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.staleness import close_overtaken, close_tainted
from prompts_admin.store.releases import history, item_states, live_versions, releases


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
    close_overtaken(work, release, changes, rivals)
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
        close_tainted(work, release, frozenset(subjects))


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
