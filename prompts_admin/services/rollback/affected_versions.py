"""Which versions a rollback means, where they run, and what runs that contains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prompts_admin.domain.content.records import VersionId
from prompts_admin.domain.errors import Conflict
from prompts_admin.domain.keys import Reference, parse_reference
from prompts_admin.domain.releases.records import HistoryLine, Place
from prompts_admin.domain.releases.rollback import check_not_put_back_already, not_live, only_version
from prompts_admin.domain.stages import Entry, Stage
from prompts_admin.services.artifacts.references import known_artifacts
from prompts_admin.services.core.visibility import require_whole
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.transitions import find
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import history, item_states, live_versions, releases


@dataclass(frozen=True)
class RunningVersion:
    """A version that runs at a place."""

    key: str
    version: int
    stage: Stage | Literal[""]


def running_of_release(work: Work, number: int, stages: Sequence[str]) -> list[RunningVersion]:
    """Return what a release made run and what is still current of it; raises Conflict `not_live`."""
    find(work, number)
    require_whole(work, number, "roll back")
    found = [running for running in still_current(work, number) if _wanted(running.stage, stages)]
    if not found:
        raise nothing_live(number)
    return found


def still_current(work: Work, number: int) -> list[RunningVersion]:
    """Return what a release made run and what is still current of it."""
    states = item_states.item_states_of(work.connection, [number])[number]
    current = {(row.stage, row.key) for row in states if row.state == "current"}
    return [
        RunningVersion(item.key, item.version, item.stage)
        for item in releases.items_of(work.connection, [number])[number]
        if item.place in current and item.version is not None
    ]


def nothing_live(number: int) -> Conflict:
    """Return the refusal to roll back a release of which nothing is current."""
    detail = f"Nothing of release {number} is live any more."
    return Conflict("not_live", detail, f"See: prompts-admin release {number}")


def running_of_keys(work: Work, keys: Sequence[str], stages: Sequence[str]) -> list[RunningVersion]:
    """Return where each of `key@version` or `key` runs.

    What runs only inside something else is one line without a stage. Raises Usage `ambiguous`, Conflict
    `not_live`, `already_rolled_back`.
    """
    references = [parse_reference(text) for text in keys]
    known_artifacts(work, [reference.key for reference in references])
    outer = {r.key: dict(artifacts.containers_of(work.connection, r.key)) for r in references}
    around = {*outer, *(key for inside in outer.values() for key, _ in inside)}
    live = {place: here.entry for place, here in live_versions.live_entries(work.connection, around).items()}
    found = [
        running
        for reference in references
        for running in _of_key(work, reference, outer[reference.key], live, stages)
    ]
    return list(dict.fromkeys(found))


def running_around(
    work: Work, named: Sequence[RunningVersion], stages: Sequence[str]
) -> list[RunningVersion]:
    """Return the live versions that contain one of `named`."""
    inside = {
        running: {v for v, _ in artifacts.containers_of(work.connection, running.key, running.version)}
        for running in named
    }
    live = live_versions.live_entries(work.connection, {key for ids in inside.values() for key, _ in ids})
    found: dict[RunningVersion, None] = {}
    for ids in inside.values():
        for (stage, key), here in live.items():
            for version in (here.entry.candidate, here.entry.settled):
                if version is not None and (key, version) in ids and _wanted(stage, stages):
                    found[RunningVersion(key, version, stage)] = None
    return [running for running in found if running not in named]


def _of_key(
    work: Work,
    reference: Reference,
    outer: Mapping[VersionId, int],
    live: Mapping[Place, Entry],
    stages: Sequence[str],
) -> list[RunningVersion]:
    """Return where `key@version` runs by itself, or one placeless line when only what pins it runs.

    `outer` are the versions that contain the key, with the number that they contain.
    """
    key, version = reference.key, reference.version
    own = {stage: entry for (stage, k), entry in live.items() if k == key and _wanted(stage, stages)}
    pinned = _pinned_versions(outer, live, stages)
    if version is None:
        version = only_version(key, own, pinned)
        for line in _latest_lines(work, key, outer, live, stages):
            check_not_put_back_already(key, version, line, now=work.now)
    found = [RunningVersion(key, version, stage) for stage, entry in own.items() if entry.runs(version)]
    if not found and version not in pinned:
        raise not_live(key, version, _last_removal(work, key, version), now=work.now)
    return found or [RunningVersion(key, version, "")]


def _pinned_versions(
    outer: Mapping[VersionId, int], live: Mapping[Place, Entry], stages: Sequence[str]
) -> set[int]:
    running = {
        (k, v) for (s, k), e in live.items() if _wanted(s, stages) for v in (e.settled, e.candidate) if v
    }
    return {inner for version, inner in outer.items() if version in running}


def _latest_lines(
    work: Work,
    key: str,
    outer: Mapping[VersionId, int],
    live: Mapping[Place, Entry],
    stages: Sequence[str],
) -> list[HistoryLine]:
    """Return the last line of each place where `key`, or something that contains it, runs."""
    places = [
        (stage, k)
        for (stage, k), entry in live.items()
        if _wanted(stage, stages) and (k == key or {(k, entry.settled), (k, entry.candidate)} & outer.keys())
    ]
    past = history.lines_that_decide(work.connection, {k for _, k in places}, most=1)
    return [past[place][-1] for place in sorted(places) if place in past]


def _last_removal(work: Work, key: str, version: int) -> HistoryLine | None:
    past = history.history_of(work.connection, [key])
    lines = [
        line
        for rows in past.values()
        for line in rows
        if line.before.runs(version) and not line.after.runs(version)
    ]
    return max(lines, key=lambda line: line.release, default=None)


def _wanted(stage: str, stages: Sequence[str]) -> bool:
    return not stages or stage in stages
