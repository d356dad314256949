"""Rollback, undo and restore as use cases: each ends as one release, one number, one undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from prompts_admin.domain.errors import NotFound, Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.putting_back import RestorePlan, restore_plan, undo_changes
from prompts_admin.domain.releases import Change, Item
from prompts_admin.domain.stages import WHOLE
from prompts_admin.services.advancing import find
from prompts_admin.services.coming_back import check_not_marked_since, check_signed, not_for_the_asker
from prompts_admin.services.going_live import make_live, set_marks, would_turn_stale
from prompts_admin.services.put_back_views import change_json, removal_json
from prompts_admin.services.release_views import release_document
from prompts_admin.services.removing import RollbackRequest, left_behind, plan_removal
from prompts_admin.services.sight import only_seen, require_whole
from prompts_admin.services.surroundings import surroundings
from prompts_admin.services.work import Work, no_feature
from prompts_admin.store import artifacts, entries, features, history, item_states, releases
from prompts_admin.store.releases import Event, Release, State


def rollback(work: Work, request: RollbackRequest) -> dict[str, Any]:
    """Remove named versions from every stage that runs them, and mark what was removed.

    What pins a removed model or snippet goes back too, each to its own target. Raises Usage `ambiguous`,
    Conflict `already_rolled_back`, `not_live`, `expectation_failed`, Refused `no_target`, NotPermitted.
    """
    removal = plan_removal(work, request)
    stale = would_turn_stale(work, removal.changes, removal.marks)
    if request.dry_run:
        shown = removal_json(removal) | {"changes": [change_json(c) for c in removal.changes]}
        return only_seen(work, shown) | {"dry_run": True, "turns_stale": stale}
    number = _put_back(work, "rollback", removal.changes, note=request.reason)
    set_marks(work, number, sorted(removal.marks), marked=True)
    for feature, dri in removal.told:
        work.announce("notify", {"event": "left_for_you", "release": number, "feature": feature, "to": [dri]})
    work.announce("notify", {"event": "rolled_back", "release": number})
    beside = removal_json(removal) | {"left_behind": left_behind(work, removal), "turns_stale": stale}
    return only_seen(work, release_document(work, number) | beside)


def undo(work: Work, number: int) -> dict[str, Any]:
    """Put back exactly what stood before release `number`, percentages included.

    Raises Refused `undo_refused` when it is too old or something else happened there since, and NotPermitted
    when it would bring back what was put back and had come by a broken glass alone.
    """
    release = find(work, number)
    require_whole(work, number, "undo")
    changes = history.changes_of(work.connection, number)
    for feature in sorted({feature_of(change.key) for change in changes}):
        work.require("undo", feature)
    back = _changes_back(work, release, changes)
    check_not_marked_since(work, number, back)
    if release.kind != "promotion":
        check_signed(work, back)
    marked = entries.marks_of_release(work.connection, number)
    done = _put_back(work, "undo", back, note=f"Undo of release {number}.", undo_of=number)
    if release.kind in ("rollback", "undo"):
        set_marks(work, done, [subject for subject, was in marked if was], marked=False)
        set_marks(work, done, [subject for subject, was in marked if not was], marked=True)
    work.announce("notify", {"event": "undone", "release": done})
    return release_document(work, done)


def restore(
    work: Work, *, feature: str | None, at: datetime, exact: bool = False, dry_run: bool = False
) -> dict[str, Any]:
    """Settle what was settled at a time, of one feature or (None) of the workspace."""
    work.require("restore", feature)
    if feature is not None and feature not in features.find_features(work.connection, [feature]):
        raise no_feature(feature)
    plan = _restore_plan(work, feature, at, exact)
    shown = {
        "changes": [change_json(change) for change in plan.changes],
        "skipped": [{"stage": stage, "key": key, "version": version} for stage, key, version in plan.skipped],
        "left": [{"stage": stage, "key": key} for stage, key in plan.left],
    }
    if dry_run:
        return only_seen(work, shown) | {"dry_run": True}
    if not plan.changes:
        raise Refused(
            "nothing_changes",
            f"Everything is as it was at {at:%Y-%m-%d %H:%M:%S} UTC.",
            "See: prompts-admin status",
        )
    number = _put_back(work, "restore", plan.changes, note=f"Restore as of {at:%Y-%m-%d %H:%M:%S} UTC.")
    work.announce("notify", {"event": "restored", "release": number})
    return only_seen(work, release_document(work, number) | shown)


def _restore_plan(work: Work, feature: str | None, at: datetime, exact: bool) -> RestorePlan:
    then = history.last_lines(work.connection, at=at, feature=feature)
    now = {
        place: found.entry
        for place, found in entries.live_entries(work.connection).items()
        if feature in (None, feature_of(place[1]))
    }
    around = surroundings(work, sorted({key for _, key in (*then, *now)}))
    archived = {
        key
        for key, row in artifacts.find_artifacts(work.connection, {key for _, key in then}).items()
        if row.archived_at is not None
    }

    def is_out(key: str, version: int) -> bool:
        return key in archived or around.is_bad(key, version)

    plan = restore_plan(then, now, is_marked=is_out, exact=exact)
    kept = {place: version for place, version, _ in not_for_the_asker(work, plan.changes)}
    skipped = sorted({*plan.skipped, *((*place, version) for place, version in kept.items())})
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.place not in kept),
        skipped=tuple(skipped),
    )


def _changes_back(work: Work, release: Release, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes of an undo, or raise Refused `undo_refused`."""
    number, state = release.number, releases.states_of(work.connection, [release.number])[release.number]
    if state.live_at is None or not changes:
        raise Refused(
            "undo_refused",
            f"Release {number} never went live.",
            f"Withdraw it: prompts-admin withdraw {number}",
        )
    live = entries.live_entries(work.connection, {change.key for change in changes})
    back = undo_changes(
        number,
        changes,
        {place: found.entry for place, found in live.items()},
        live_at=state.live_at,
        now=work.now,
        hours=work.settings.undo_hours,
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


def _put_back(
    work: Work, kind: str, changes: Sequence[Change], *, note: str, undo_of: int | None = None
) -> int:
    """The one function behind all three: a release that is live the moment it exists."""
    if not changes:
        raise NotFound("not_found", "There is nothing to put back.", "See: prompts-admin status")
    places, who = {change.place for change in changes}, work.actor
    owners, stages = {feature_of(key) for _, key in places}, {stage for stage, _ in places}
    release = Release(
        number=work.uow.next_release(),
        kind=kind,
        feature=owners.pop() if len(owners) == 1 else None,
        stage=stages.pop() if len(stages) == 1 else None,
        note=note,
        proposed_by=who.label,
        via=who.via,
        proposed_at=work.now,
        undo_of=undo_of,
    )
    revision = work.uow.raise_revision()
    items = _items(work, changes)
    state = State(release.number, "live", work.now, who.label, "", work.now, revision)
    releases.insert_release(work.uow, release, items, state)
    releases.add_event(work.uow, Event(release.number, kind, work.now, who.label, note))
    make_live(work, release, items, changes)
    return release.number


def _items(work: Work, changes: Sequence[Change]) -> list[Item]:
    """Return the changes as items: the candidate that came back, or what each place has settled afterwards."""
    chosen = [(change, *_came_back(change)) for change in changes]
    wanted = {(c.key, v) for c, version, _ in chosen for v in (c.before.settled, version) if v is not None}
    digests = artifacts.digests_of(work.connection, wanted)
    return [
        Item(
            stage=change.stage,
            key=change.key,
            version=version,
            percentage=percentage,
            basis=change.before,
            digest=digests.get((change.key, version or 0)),
            settled_digest=digests.get((change.key, change.before.settled or 0)),
        )
        for change, version, percentage in chosen
    ]


def _came_back(change: Change) -> tuple[int | None, int]:
    before, after = change.before, change.after
    if after.candidate is not None and after.settled == before.settled:
        return after.candidate, after.percentage
    return after.settled, WHOLE
