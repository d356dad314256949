"""Which places a rollback changes, and how: the named versions and whatever pins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prompts_admin.domain.errors import Conflict, Refused, Usage
from prompts_admin.domain.keys import feature_of, parse_reference
from prompts_admin.domain.putting_back import (
    check_not_put_back_already,
    not_live,
    only_version,
    removed,
    rollback_targets,
)
from prompts_admin.domain.releases import Change, Happened, Place
from prompts_admin.domain.stages import STAGES, Entry
from prompts_admin.services.advancing import find
from prompts_admin.services.facts import Surroundings, surroundings
from prompts_admin.services.proposals import known_artifacts
from prompts_admin.services.work import Work
from prompts_admin.store import artifacts, entries, features, history, releases


@dataclass(frozen=True)
class RollbackRequest:
    """What to remove: `keys` as 'feature/name@7' or 'feature/name', or all of a `release` that is current.

    `expect` holds the version that the asker believes to run, per key. `to` is a version's number or "none".
    """

    keys: tuple[str, ...] = ()
    release: int | None = None
    expect: Mapping[str, int] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    to: str | None = None
    only: bool = False
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Running:
    """A version that runs at a place."""

    key: str
    version: int
    stage: str


@dataclass(frozen=True)
class Removal:
    """What a rollback does: changes, digests to mark, and whom it touches or leaves."""

    changes: tuple[Change, ...]
    marks: frozenset[tuple[str, str]]
    named: tuple[Running, ...]
    takes_along: tuple[Running, ...]
    not_permitted: tuple[Running, ...]
    still_serving: tuple[Running, ...]
    told: tuple[tuple[str, str], ...]
    origins: tuple[int, ...]


def plan_removal(work: Work, request: RollbackRequest) -> Removal:
    """Return what a rollback would do now; raises what `rollback` raises."""
    _check(request)
    named = _of_release(work, request) if request.release is not None else _of_keys(work, request)
    for running in named:
        work.require("roll_back", feature_of(running.key))
    _check_expected(request, named)
    along = _containing(work, named, request.stages)
    allowed = [r for r in along if not request.only and work.may("roll_back", feature_of(r.key))]
    left = [r for r in along if r not in allowed]
    going = [*named, *allowed]
    around = surroundings(work, sorted({r.key for r in going}), [(r.key, r.version) for r in going])
    bad = {(r.key, r.version) for r in going}
    return Removal(
        changes=_changes(going, around, bad, request, {r.key for r in named}),
        marks=frozenset((key, around.lineage[key, version][0]) for key, version in bad),
        named=tuple(named),
        takes_along=tuple(allowed),
        not_permitted=() if request.only else tuple(left),
        still_serving=tuple(left),
        told=() if request.only else _owners(work, left),
        origins=_origins(going, around),
    )


def left_behind(work: Work, removal: Removal) -> list[dict[str, Any]]:
    """Return the items of the same releases that still are current after the rollback."""
    kinds = releases.find_releases(work.connection, removal.origins)
    origins = [number for number in removal.origins if kinds[number].kind != "initial"]
    states = history.item_states_of(work.connection, origins)
    found = []
    for number, items in releases.items_of(work.connection, origins).items():
        current = {(row.stage, row.key) for row in states[number] if row.state == "current"}
        found += [
            {"release": number, "stage": item.stage, "key": item.key, "version": item.version}
            for item in items
            if item.place in current
        ]
    return found


def _check(request: RollbackRequest) -> None:
    if bool(request.keys) == (request.release is not None):
        raise Usage("malformed", "Name artifacts or one release.", "rollback KEY@V, or rollback --release N")
    unknown = [stage for stage in request.stages if stage not in STAGES]
    if unknown:
        raise Refused("invalid", f"'{unknown[0]}' is no stage.", f"Name one of {', '.join(STAGES)}.")


def _of_release(work: Work, request: RollbackRequest) -> list[Running]:
    """Return what a release made run and what is still current of it."""
    number = request.release or 0
    find(work, number)
    states = history.item_states_of(work.connection, [number])[number]
    current = {(row.stage, row.key) for row in states if row.state == "current"}
    found = [
        Running(item.key, item.version, item.stage)
        for item in releases.items_of(work.connection, [number])[number]
        if item.place in current and item.version is not None and _wanted(item.stage, request.stages)
    ]
    if not found:
        raise Conflict("not_live", f"Nothing of release {number} is live any more.", f"See: release {number}")
    return found


def _of_keys(work: Work, request: RollbackRequest) -> list[Running]:
    references = [parse_reference(text) for text in request.keys]
    known_artifacts(work, [reference.key for reference in references])
    live = {p: found.entry for p, found in entries.live_entries(work.connection).items()}
    return [
        running
        for reference in references
        for running in _of_key(work, reference.key, reference.version, live, request.stages)
    ]


def _of_key(
    work: Work, key: str, version: int | None, live: Mapping[Place, Entry], stages: Sequence[str]
) -> list[Running]:
    """Return where `key@version` runs by itself, or one placeless line when only what pins it runs."""
    own = {stage: entry for (stage, k), entry in live.items() if k == key and _wanted(stage, stages)}
    past = history.history_of(work.connection, [key])
    pinned = _pinned_versions(work, key, live, stages)
    if version is None:
        version = only_version(key, own, pinned)
        check_not_put_back_already(key, version, _last(past, own, key), now=work.now)
    found = [Running(key, version, stage) for stage, entry in own.items() if entry.runs(version)]
    if not found and version not in pinned:
        raise not_live(key, version, _last_removal(past, version), now=work.now)
    return found or [Running(key, version, "")]


def _containing(work: Work, named: Sequence[Running], stages: Sequence[str]) -> list[Running]:
    """Return the live versions that contain a named one."""
    live = entries.live_entries(work.connection)
    found: dict[Running, None] = {}
    for running in named:
        ids = {
            version for version, _ in artifacts.containers_of(work.connection, running.key, running.version)
        }
        for (stage, key), here in live.items():
            for version in (here.entry.candidate, here.entry.settled):
                if version is not None and (key, version) in ids and _wanted(stage, stages):
                    found[Running(key, version, stage)] = None
    return [running for running in found if running not in named]


def _pinned_versions(work: Work, key: str, live: Mapping[Place, Entry], stages: Sequence[str]) -> set[int]:
    running = {
        (k, v) for (s, k), e in live.items() if _wanted(s, stages) for v in (e.settled, e.candidate) if v
    }
    return {inner for outer, inner in artifacts.containers_of(work.connection, key) if outer in running}


def _changes(
    going: Sequence[Running],
    around: Surroundings,
    bad: set[tuple[str, int]],
    request: RollbackRequest,
    named: set[str],
) -> tuple[Change, ...]:
    def is_bad(key: str, version: int) -> bool:
        inner = {(i.key, i.number) for i in around.contained.get((key, version), ())}
        return (key, version) in bad or bool(inner & bad) or around.is_bad(key, version)

    changes: dict[Place, Change] = {}
    for running in going:
        place = (running.stage, running.key)
        if not running.stage:
            continue
        before = around.entry(place).entry
        now = changes[place].after if place in changes else before
        past = around.past.get(place, ())
        targets = rollback_targets(running.version, past, partial(is_bad, running.key))
        to = request.to if running.key in named else None
        after = removed(now, running.version, targets, key=running.key, stage=running.stage, to=to)
        changes[place] = Change(*place, before, after)
    return tuple(changes[place] for place in sorted(changes))


def _check_expected(request: RollbackRequest, named: Sequence[Running]) -> None:
    for key, version in request.expect.items():
        running = {r.version for r in named if r.key == key}
        if running and running != {version}:
            now = ", ".join(f"v{v}" for v in sorted(running))
            raise Conflict(
                "expectation_failed", f"'{key}' runs {now}, not v{version}.", f"See: status, history {key}"
            )


def _owners(work: Work, left: Iterable[Running]) -> tuple[tuple[str, str], ...]:
    """Return (feature, DRI) of what is left because the asker has no right there."""
    owned = features.find_features(work.connection, sorted({feature_of(r.key) for r in left}))
    return tuple((key, feature.dri) for key, feature in owned.items() if feature.dri)


def _origins(going: Sequence[Running], around: Surroundings) -> tuple[int, ...]:
    """Return the releases that put the removed versions where they run."""
    found = set()
    for running in going:
        here = around.live.get((running.stage, running.key))
        if here is not None:
            slot = here.settled if here.entry.settled == running.version else here.candidate
            found |= {slot.release} if slot else set()
    return tuple(sorted(found))


def _last(past: Mapping[Place, Sequence[Happened]], own: Mapping[str, Entry], key: str) -> Happened | None:
    lines = [past[stage, key][-1] for stage in own if past.get((stage, key))]
    return max(lines, key=lambda line: line.release, default=None)


def _last_removal(past: Mapping[Place, Sequence[Happened]], version: int) -> Happened | None:
    lines = [
        line
        for rows in past.values()
        for line in rows
        if line.before.runs(version) and not line.after.runs(version)
    ]
    return max(lines, key=lambda line: line.release, default=None)


def _wanted(stage: str, stages: Sequence[str]) -> bool:
    return not stages or stage in stages
