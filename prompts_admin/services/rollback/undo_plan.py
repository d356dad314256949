"""What an undo of a release puts back, and what stands in its way; what a rollback of such a release says instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Change, Place, Release
from prompts_admin.domain.releases.states import PUTTING_BACK
from prompts_admin.domain.releases.undo import undo_changes
from prompts_admin.domain.stages import Entry
from prompts_admin.services.core.visibility import require_whole
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.transitions import find
from prompts_admin.services.rollback.affected_versions import RunningVersion, nothing_live, still_current
from prompts_admin.services.rollback.restorable import check_not_marked_since, check_signed
from prompts_admin.services.rollback.switch_off import switched_off
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import history, item_states, live_versions, releases


@dataclass(frozen=True)
class UndoPlan:
    """What an undo of `release` changes, and whom of what runs now that leaves without an answer."""

    release: Release
    changes: tuple[Change, ...]
    off: tuple[RunningVersion, ...]


def plan_undo(work: Work, number: int) -> UndoPlan:
    """Return what an undo would do now.

    Raises Refused `undo_refused` when it is too old or something else happened there since, and NotPermitted
    when it would bring back what was put back and had come by a broken glass alone.
    """
    release = find(work, number)
    require_whole(work, number, "undo")
    changes = history.changes_of(work.connection, number)
    for feature in sorted({feature_of(change.key) for change in changes}):
        work.require("undo", feature)
    live = live_versions.live_entries(work.connection, {change.key for change in changes})
    stands = {place: found.entry for place, found in live.items()}
    back = _changes_back(work, release, changes, stands)
    check_not_marked_since(work, number, back)
    if release.kind != "promotion":
        check_signed(work, back)
    return UndoPlan(release, back, switched_off(work, back, stands))


def check_not_put_back(work: Work, number: int) -> None:
    """Refuse to roll back what a rollback, an undo or a restore put in place: that is what its undo is for.

    Rolled back, it would take away what worked before as if that had been bad. Raises Refused `undo_instead`
    with the ready command, or where it cannot be undone any more with those for the versions that it settled.
    """
    release = find(work, number)
    if release.kind not in PUTTING_BACK:
        return
    require_whole(work, number, "roll back")
    for item in releases.items_of(work.connection, [number])[number]:
        work.require("roll_back", feature_of(item.key))
    what = f"Release {number} is {'an' if release.kind == 'undo' else 'a'} {release.kind}"
    try:
        plan_undo(work, number)
    except ProductError:
        commands = [_removing(running) for running in still_current(work, number)]
        if not commands:
            raise nothing_live(number) from None
        detail = f"{what}, is not rolled back, and cannot be undone any more."
    else:
        commands = [f"prompts-admin undo {number}"]
        detail = f"{what}: it is undone, not rolled back."
    raise Refused("undo_instead", detail, " or ".join(commands), members={"commands": commands})


def _removing(running: RunningVersion) -> str:
    return f"prompts-admin rollback {running.key}@{running.version} --stage {running.stage}"


def _changes_back(
    work: Work, release: Release, changes: Sequence[Change], stands: dict[Place, Entry]
) -> tuple[Change, ...]:
    """Return the changes of an undo, or raise Refused `undo_refused`."""
    number, state = release.number, releases.states_of(work.connection, [release.number])[release.number]
    if state.live_at is None or not changes:
        raise Refused(
            "undo_refused",
            f"Release {number} never went live.",
            f"Withdraw it: prompts-admin withdraw {number}",
        )
    back = undo_changes(
        number, changes, stands, live_at=state.live_at, now=work.now, hours=work.settings.undo_hours
    )
    undone = releases.undo_of(work.connection, number)
    if undone is not None:
        detail = f"Release {number} was undone by release {undone}."
        raise Refused("undo_refused", detail, f"Undo what came after it, newest first: release {undone}")
    ended = item_states.item_states_of(work.connection, [number])[number]
    if any(row.state != "current" for row in ended):
        detail = f"Release {number} cannot be undone: other releases came after it."
        raise Refused("undo_refused", detail, "Promote the version you want instead.")
    _refuse_archived(work, back)
    return back


def _refuse_archived(work: Work, changes: Sequence[Change]) -> None:
    """Keep what was archived since from coming back to life."""
    rows = artifacts.find_artifacts(work.connection, {c.key for c in changes if not c.after.is_empty})
    archived = sorted(key for key, row in rows.items() if row.archived_at is not None)
    if archived:
        detail = f"{', '.join(map(repr, archived))} is archived and cannot go live again."
        raise Refused("undo_refused", detail, f"Copy it: prompts-admin copy {archived[0]} NEW")
