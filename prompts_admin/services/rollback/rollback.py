"""Rollback, undo and restore as use cases: each ends as one release, one number, one undo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from prompts_admin.domain.errors import NotFound, Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Change, Event, Item, Release, State
from prompts_admin.domain.releases.rollback import RestorePlan, restore_plan
from prompts_admin.domain.stages import WHOLE, Share
from prompts_admin.services.core.visibility import only_seen
from prompts_admin.services.core.work import Work, no_feature
from prompts_admin.services.releases.activation import make_live, set_marks
from prompts_admin.services.releases.artifact_facts import surroundings
from prompts_admin.services.releases.documents import release_document
from prompts_admin.services.releases.staleness import would_turn_stale
from prompts_admin.services.rollback.affected_versions import RunningVersion
from prompts_admin.services.rollback.documents import change_json, removal_json
from prompts_admin.services.rollback.removal_plan import RollbackRequest, left_behind, plan_removal
from prompts_admin.services.rollback.restorable import not_for_the_asker
from prompts_admin.services.rollback.switch_off import audiences_of, check_off_as_expected, would_switch_off
from prompts_admin.services.rollback.undo_plan import plan_undo
from prompts_admin.store.artifacts import artifacts, features
from prompts_admin.store.releases import history, live_versions, releases


def rollback(work: Work, request: RollbackRequest) -> dict[str, Any]:
    """Remove named versions from every stage that runs them, and mark what was named or removed.

    What pins a removed model or snippet goes back too, each to its own target. Where nothing is left to go back
    to, and somebody would get nothing, it stays (`left_on`) unless asked otherwise. Raises Usage `ambiguous`,
    Conflict `already_rolled_back`, `not_live`, `expectation_failed`, Refused `no_target`, `undo_instead`,
    `would_switch_off` where nothing could go, NotPermitted.
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
    return only_seen(work, {"left_on": [], **release_document(work, number), **beside})


def undo(
    work: Work, number: int, *, or_none: bool = False, off: Collection[RunningVersion] | None = None
) -> dict[str, Any]:
    """Put back exactly what stood before release `number`, percentages included.

    Where that leaves somebody without an answer it is refused, `would_switch_off`, unless `or_none`, or as long
    as what goes off is `off`. Raises what `plan_undo` raises, and Conflict `expectation_failed`.
    """
    plan = plan_undo(work, number)
    if off is not None:
        check_off_as_expected(work, plan.off, off)
    elif plan.off and not or_none:
        raise would_switch_off(work, plan.off, f"prompts-admin undo {number} --or-none")
    marked = live_versions.marks_of_release(work.connection, number)
    done = _put_back(work, "undo", plan.changes, note=f"Undo of release {number}.", undo_of=number)
    if plan.release.kind in ("rollback", "undo"):
        set_marks(work, done, [subject for subject, was in marked if was], marked=False)
        set_marks(work, done, [subject for subject, was in marked if not was], marked=True)
    work.announce("notify", {"event": "undone", "release": done})
    return {**release_document(work, done)}


def restore(
    work: Work, *, feature: str | None, at: datetime, exact: bool = False, dry_run: bool = False
) -> dict[str, Any]:
    """Settle what was settled at a time, of one feature or (None) of the workspace.

    What was not settled then and would leave somebody without an answer stays and is listed, unless `exact`.
    """
    work.require("restore", feature)
    if feature is not None and feature not in features.find_features(work.connection, [feature]):
        raise no_feature(feature)
    plan = _restore_plan(work, feature, at, exact)
    shown = {
        "changes": [change_json(change) for change in plan.changes],
        "skipped": [{"stage": stage, "key": key, "version": version} for stage, key, version in plan.skipped],
        "left": [{"stage": stage, "key": key} for stage, key in plan.left],
        "switched_off": [{"stage": stage, "key": key} for stage, key in sorted(plan.off)],
    }
    if dry_run:
        return only_seen(work, shown) | {"dry_run": True}
    if not plan.changes:
        detail = f"Everything is as it was at {at:%Y-%m-%d %H:%M:%S} UTC"
        if plan.left:
            detail += ", but for what was not live then and would leave somebody without an answer"
        raise Refused("nothing_changes", f"{detail}.", "See: prompts-admin status")
    number = _put_back(work, "restore", plan.changes, note=f"Restore as of {at:%Y-%m-%d %H:%M:%S} UTC.")
    work.announce("notify", {"event": "restored", "release": number})
    return only_seen(work, release_document(work, number) | shown)


def _restore_plan(work: Work, feature: str | None, at: datetime, exact: bool) -> RestorePlan:
    then = history.last_lines(work.connection, at=at, feature=feature)
    now = {
        place: found.entry
        for place, found in live_versions.live_entries(work.connection).items()
        if feature in (None, feature_of(place[1]))
    }
    # What stood then may have left by an undo alone, which no rollback looks at: it is judged all the same.
    stood = {(key, entry.settled) for (_, key), entry in then.items() if entry.settled is not None}
    around = surroundings(work, sorted({key for _, key in (*then, *now)}), extra=stood)
    archived = {
        key
        for key, row in artifacts.find_artifacts(work.connection, {key for _, key in then}).items()
        if row.archived_at is not None
    }

    def is_out(key: str, version: int) -> bool:
        return key in archived or around.is_bad(key, version)

    audiences = audiences_of(work)
    plan = restore_plan(then, now, is_marked=is_out, audiences=audiences, exact=exact)
    barred = {place for place, _, _ in not_for_the_asker(work, plan.changes)}
    if not barred:
        return plan
    # From the beginning: who would have gone on to a place that is barred has an answer to lose.
    return restore_plan(then, now, is_marked=is_out, audiences=audiences, barred=barred, exact=exact)


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


def _came_back(change: Change) -> tuple[int | None, Share]:
    before, after = change.before, change.after
    if after.candidate is not None and after.settled == before.settled:
        return after.candidate, after.percentage
    return after.settled, WHOLE
