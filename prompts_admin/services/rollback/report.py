"""What a rollback took along, left behind and switched off, told from the history at any later time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from prompts_admin.domain.content.records import VersionId
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Change, HistoryLine
from prompts_admin.domain.releases.switch_off import takes_away
from prompts_admin.domain.stages import position
from prompts_admin.services.core.visibility import only_seen
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.staleness import stale_json
from prompts_admin.services.releases.transitions import find
from prompts_admin.services.rollback.affected_versions import RunningVersion
from prompts_admin.services.rollback.switch_off import readable, row, switched_off
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import history, item_states, live_versions, read_models, releases

Marked = frozenset[tuple[str, str]]


def aftermath(work: Work, number: int) -> dict[str, Any]:
    """Return {takes_along, left_behind, still_serving, switched_off, turned_stale, hidden_items} of a rollback.

    For other releases all are empty but what was switched off and what turned stale.

    `left_behind` and `still_serving` are what is so now, not what was so then. What the asker may not read
    is counted in `hidden_items`.
    """
    return only_seen(work, _found(work, number))


def _found(work: Work, number: int) -> dict[str, list[dict[str, Any]]]:
    changes = history.changes_of(work.connection, number)
    off = _off(work, number, changes)
    stale = {"turned_stale": _turned_stale(work, number)}
    if find(work, number).kind != "rollback":
        return {"takes_along": [], "left_behind": [], "still_serving": [], "switched_off": off} | stale
    bad = frozenset(
        subject for subject, was in live_versions.marks_of_release(work.connection, number) if was
    )
    return {
        "takes_along": _taken_along(work, changes, bad),
        "left_behind": _left_behind(work, changes, number),
        "still_serving": _still_serving(work, bad),
        "switched_off": off,
        **stale,
    }


def still_on(work: Work, number: int) -> list[RunningVersion]:
    """Return what a rollback marked, and what contains it, as far as it runs and the asker may roll it back."""
    marked = live_versions.marks_of_release(work.connection, number)
    bad = frozenset(subject for subject, was in marked if was)
    bad &= live_versions.marked_subjects(work.connection, {key for key, _ in bad})
    digests = artifacts.every_digest(work.connection, {key for key, _ in bad})
    own = {one for one, digest in digests.items() if (one[0], digest) in bad}
    found = _running_of(work, own | _containing(work, own))
    return readable(work, [running for running in found if work.may("roll_back", feature_of(running.key))])


def _off(work: Work, number: int, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return where a release left somebody without an answer whom it found with one."""
    state = releases.states_of(work.connection, [number])[number]
    if state.revision is None or not any(map(takes_away, changes)):
        return []
    stood = history.entries_after(work.connection, state.revision, {change.key for change in changes})
    off = {(r.stage, r.key): r for r in switched_off(work, changes, stood, at=state.live_at)}
    return [row(off[place]) for place in sorted(off)]


def _turned_stale(work: Work, number: int) -> list[dict[str, Any]]:
    """Return the proposals that the release overtook: they turned stale in its moment."""
    live_at = releases.states_of(work.connection, [number])[number].live_at
    numbers = read_models.turned_stale_at(work.connection, live_at) if live_at else []
    found = releases.find_releases(work.connection, numbers) if numbers else {}
    return [
        {**stale_json(stale, found[stale].stage)}
        for stale in numbers
        if work.may("read", found[stale].feature)
    ]


def _taken_along(work: Work, changes: Sequence[Change], bad: Marked) -> list[dict[str, Any]]:
    """Return what was removed because something inside of it was."""
    gone = [(c, version) for c in changes for version in _removed(c)]
    inside = artifacts.contained_in(work.connection, {(c.key, version) for c, version in gone})
    return [
        {**_place(change), "version": version}
        for change, version in gone
        if bad & {(inner.key, inner.digest) for inner in inside[change.key, version]}
    ]


def _left_behind(work: Work, changes: Sequence[Change], number: int) -> list[dict[str, Any]]:
    """Return the items of the same releases that are still current."""
    past = history.history_of(work.connection, {change.key for change in changes})
    origins = {
        line.release
        for change in changes
        for version in _removed(change)
        if (line := _origin(past.get(change.place, ()), version, number)) and line.kind != "initial"
    }
    states = item_states.item_states_of(work.connection, origins)
    items = releases.items_of(work.connection, origins) if origins else {}
    return [
        {"release": origin, "stage": item.stage, "key": item.key, "version": item.version}
        for origin in sorted(origins)
        for item in items[origin]
        if item.place in {(row.stage, row.key) for row in states[origin] if row.state == "current"}
    ]


def _still_serving(work: Work, bad: Marked) -> list[dict[str, Any]]:
    """Return the live versions that contain what was removed."""
    digests = artifacts.every_digest(work.connection, {key for key, _ in bad})
    inner = {one for one, digest in digests.items() if (one[0], digest) in bad}
    return [vars(running) for running in _running_of(work, _containing(work, inner))]


def _containing(work: Work, inner: Collection[VersionId]) -> set[VersionId]:
    """Return the versions that contain one of `inner`."""
    return {
        found for key, version in inner for found, _ in artifacts.containers_of(work.connection, key, version)
    }


def _running_of(work: Work, wanted: Collection[VersionId]) -> list[RunningVersion]:
    """Return where each of `wanted` runs."""
    live = live_versions.live_entries(work.connection, {key for key, _ in wanted}) if wanted else {}
    return [
        RunningVersion(key, version, stage)
        for (stage, key), here in sorted(live.items(), key=lambda found: (found[0][1], position(found[0][0])))
        for version in (here.entry.candidate, here.entry.settled)
        if version is not None and (key, version) in wanted
    ]


def _origin(lines: Sequence[HistoryLine], version: int, number: int) -> HistoryLine | None:
    """Return the line before release `number` that brought `version` to its place."""
    earlier = (line for line in reversed(lines) if line.release < number)
    return next(
        (line for line in earlier if line.after.runs(version) and not line.before.runs(version)), None
    )


def _removed(change: Change) -> list[int]:
    before, after = change.before, change.after
    return [v for v in (before.settled, before.candidate) if v is not None and not after.runs(v)]


def _place(change: Change) -> dict[str, Any]:
    return {"stage": change.stage, "key": change.key}
