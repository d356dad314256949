"""Which places a rollback changes, and how: the named versions and whatever pins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prompts_admin.domain.content.records import VersionId
from prompts_admin.domain.errors import Conflict, NotPermitted, Refused, Usage
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.releases.rollback import OFF, removed, rollback_targets
from prompts_admin.domain.stages import STAGES, Stage
from prompts_admin.services.artifacts.references import known_artifacts
from prompts_admin.services.core.visibility import counted
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.artifact_facts import Surroundings, surroundings
from prompts_admin.services.rollback.affected_versions import (
    RunningVersion,
    running_around,
    running_of_keys,
    running_of_release,
)
from prompts_admin.services.rollback.restorable import check_signed
from prompts_admin.services.rollback.switch_off import (
    check_off_as_expected,
    readable,
    something_else_stands,
    switched_off,
    would_switch_off,
)
from prompts_admin.services.rollback.undo_plan import check_not_put_back
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import item_states, live_versions, releases


@dataclass(frozen=True)
class RollbackRequest:
    """What to remove: `keys` as 'feature/name@7' or 'feature/name', or all of a `release` that is current.

    `expect` holds the version that the asker believes to run, per key. `to` is a version's number or "none".
    `or_none` switches off where there is nothing to go back to. `off` names exactly what is to be switched off,
    and nothing else happens: it is refused when any of it does not run there or would go back to something.
    """

    keys: tuple[str, ...] = ()
    release: int | None = None
    off: tuple[RunningVersion, ...] = ()
    expect: Mapping[str, int] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    to: str | None = None
    or_none: bool = False
    only: bool = False
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Removal:
    """What a rollback does: changes, digests to mark, and whom it touches or leaves.

    `left_on` stays because there is nothing to go back to and somebody would get nothing; `switch_off` is the
    command that takes it away all the same.
    """

    changes: tuple[Change, ...]
    marks: frozenset[tuple[str, str]]
    named: tuple[RunningVersion, ...]
    left_on: tuple[RunningVersion, ...]
    switch_off: str | None
    switched_off: tuple[RunningVersion, ...]
    takes_along: tuple[RunningVersion, ...]
    not_permitted: tuple[RunningVersion, ...]
    still_serving: tuple[RunningVersion, ...]
    told: tuple[tuple[str, str], ...]
    origins: tuple[int, ...]


def plan_removal(work: Work, request: RollbackRequest) -> Removal:
    """Return what a rollback would do now; raises what `rollback` raises."""
    _check(request)
    named = _named(work, request)
    for running in named:
        work.require("roll_back", feature_of(running.key))
    only = request.only or bool(request.off)
    along = running_around(work, named, request.stages)
    _check_expected(request, [*named, *readable(work, along)])
    allowed = [r for r in along if not only and work.may("roll_back", feature_of(r.key))]
    left = [r for r in along if r not in allowed]
    going = [*named, *allowed]
    _check_something_goes(work, request, named, going, left)
    around = surroundings(work, sorted({r.key for r in going}), extra={(r.key, r.version) for r in going})
    digests = {r: (r.key, around.lineage[r.key, r.version].digest) for r in going}
    planned = _changes(going, around, frozenset(digests.values()), request, {r.key for r in named})
    off = switched_off(work, planned, {place: here.entry for place, here in around.live.items()})
    stays = set[Place]() if _says_none(work, request, off) else {(r.stage, r.key) for r in off}
    changes = tuple(change for change in planned if change.place not in stays)
    command = _switching_off(request, named, off, around) if stays else None
    if command and not changes:
        raise would_switch_off(work, off, command)
    check_signed(work, [change for change in changes if _was_restored_away(change, around)])
    gone = [r for r in going if (r.stage, r.key) not in stays]
    return Removal(
        changes=changes,
        marks=frozenset(digests[r] for r in {*named, *gone}),
        named=tuple(named),
        left_on=off if stays else (),
        switch_off=command,
        switched_off=() if stays else off,
        takes_along=tuple(r for r in allowed if r in gone),
        not_permitted=() if only else tuple(left),
        still_serving=tuple(left),
        told=() if only else _owners(work, left),
        origins=_origins(gone, around),
    )


def left_behind(work: Work, removal: Removal) -> list[dict[str, Any]]:
    """Return the items of the same releases that still are current after the rollback, but for what is left on."""
    kinds = releases.find_releases(work.connection, removal.origins)
    origins = [number for number in removal.origins if kinds[number].kind != "initial"]
    states = item_states.item_states_of(work.connection, origins)
    stays = {(running.stage, running.key) for running in removal.left_on}
    found = []
    for number, items in releases.items_of(work.connection, origins).items():
        current = {(row.stage, row.key) for row in states[number] if row.state == "current"} - stays
        found += [
            {"release": number, "stage": item.stage, "key": item.key, "version": item.version}
            for item in items
            if item.place in current
        ]
    return found


def _check(request: RollbackRequest) -> None:
    if sum(map(bool, (request.keys, request.release is not None, request.off))) != 1:
        raise Usage(
            "malformed",
            "Name artifacts or one release.",
            "prompts-admin rollback KEY@V, or prompts-admin rollback --release N",
        )
    unknown = [stage for stage in request.stages if stage not in STAGES]
    if unknown:
        raise Refused("invalid", f"'{unknown[0]}' is no stage.", f"Name one of {', '.join(STAGES)}.")


def _named(work: Work, request: RollbackRequest) -> list[RunningVersion]:
    if request.off:
        return _running_there(work, request.off)
    if request.release is not None:
        check_not_put_back(work, request.release)
        return running_of_release(work, request.release, request.stages)
    return running_of_keys(work, request.keys, request.stages)


def _running_there(work: Work, off: Sequence[RunningVersion]) -> list[RunningVersion]:
    """Return `off` as long as all of it runs where it says; raises Conflict `expectation_failed`."""
    known_artifacts(work, sorted({running.key for running in off}))
    live = live_versions.live_entries(work.connection, {running.key for running in off})
    for running in off:
        here = live.get((running.stage, running.key)) if running.stage else None
        if here is None or not here.entry.runs(running.version):
            raise something_else_stands(off)
    return list(off)


def _says_none(work: Work, request: RollbackRequest, off: Sequence[RunningVersion]) -> bool:
    """Tell whether the asker said that what has nothing to go back to is to be switched off."""
    if request.off:
        check_off_as_expected(work, off, request.off)
    return bool(request.off) or request.or_none or request.to == OFF


def _switching_off(
    request: RollbackRequest,
    named: Sequence[RunningVersion],
    off: Sequence[RunningVersion],
    around: Surroundings,
) -> str:
    """Return the command that switches `off` off: it names those of `named` that run there, or inside of it."""
    where: dict[tuple[Stage, ...], list[str]] = {}
    for running in named:
        its = {(running.key, running.version)}
        inside = {r.stage for r in off if its & {(r.key, r.version), *_versions_in(r, around)}}
        # What a release did not bring to a stage is not meant there either.
        stages = tuple(s for s in STAGES if s in (request.stages if request.release is None else inside))
        if inside:
            where.setdefault(stages, []).append(f"{running.key}@{running.version}")
    only = ["--only"] if request.only else []
    return " && ".join(
        " ".join(
            [
                "prompts-admin rollback",
                *dict.fromkeys(names),
                *(f"--stage {s}" for s in stages),
                *only,
                "--or-none",
            ]
        )
        for stages, names in where.items()
    )


def _versions_in(running: RunningVersion, around: Surroundings) -> set[VersionId]:
    return {(i.key, i.number) for i in around.contained.get((running.key, running.version), ())}


def _check_something_goes(
    work: Work,
    request: RollbackRequest,
    named: Sequence[RunningVersion],
    going: Sequence[RunningVersion],
    left: Sequence[RunningVersion],
) -> None:
    """Refuse what would change nothing or ignore `--to`: the named run only inside of other things."""
    if request.to is not None and not all(running.stage for running in named):
        detail = f"'{named[0].key}' runs only inside of other artifacts; each of them has its own target."
        raise Refused("no_target", detail, "Leave --to out, or name those artifacts.")
    if any(running.stage for running in going):
        return
    detail = f"'{named[0].key}@{named[0].version}' runs only inside of {_where(work, left)}."
    if request.only:
        raise Refused("nothing_changes", detail, "Leave --only out, or make versions without it.")
    owners = ", ".join(sorted({dri for _, dri in _owners(work, left)})) or "an administrator"
    raise NotPermitted("forbidden", f"{detail} You may not roll that back.", f"Ask {owners}.")


def _where(work: Work, left: Sequence[RunningVersion]) -> str:
    """Name what is left; of what the asker may not read only how much it is."""
    shown = readable(work, left)
    names = [f"{running.key}@{running.version} on {running.stage}" for running in shown]
    return ", ".join([*names, *([counted(len(left) - len(shown))] if len(shown) < len(left) else [])])


def _changes(
    going: Sequence[RunningVersion],
    around: Surroundings,
    bad: frozenset[tuple[str, str]],
    request: RollbackRequest,
    named: set[str],
) -> tuple[Change, ...]:
    def is_bad(key: str, version: int) -> bool:
        # By digest, like the marks: the same text under another number is just as bad.
        inner = {(i.key, i.digest) for i in around.contained.get((key, version), ())}
        own = (key, around.lineage[key, version].digest)
        return bool(bad & {own, *inner}) or around.is_bad(key, version)

    changes: dict[Place, Change] = {}
    for running in going:
        if not running.stage:
            continue
        place = (running.stage, running.key)
        before = around.entry(place).entry
        now = changes[place].after if place in changes else before
        past = around.past.get(place, ())
        targets = rollback_targets(running.version, past, partial(is_bad, running.key))
        to = request.to if running.key in named else None
        after = removed(now, running.version, targets, key=running.key, stage=running.stage, to=to)
        changes[place] = Change(*place, before, after)
    return tuple(changes[place] for place in sorted(changes))


def _was_restored_away(change: Change, around: Surroundings) -> bool:
    """Tell whether what a rollback settles was last taken away by a restore, and not by what came after it."""
    lines = around.past.get(change.place, ())
    left = [line for line in lines if line.before.settled == change.after.settled != line.after.settled]
    return bool(left) and left[-1].kind == "restore"


def _check_expected(request: RollbackRequest, found: Sequence[RunningVersion]) -> None:
    """Hold what the asker believes to run against what the rollback would remove."""
    for key, version in request.expect.items():
        running = {r.version for r in found if r.key == key}
        if running != {version}:
            now = ", ".join(f"v{v}" for v in sorted(running)) or "nothing that this removes"
            raise Conflict(
                "expectation_failed",
                f"'{key}' runs {now}, not v{version}.",
                f"See: prompts-admin status {key}",
            )


def _owners(work: Work, left: Iterable[RunningVersion]) -> tuple[tuple[str, str], ...]:
    """Return (feature, DRI) of what is left because the asker has no right there."""
    owned = features.find_features(work.connection, sorted({feature_of(r.key) for r in left}))
    return tuple((key, feature.dri) for key, feature in owned.items() if feature.dri)


def _origins(going: Sequence[RunningVersion], around: Surroundings) -> tuple[int, ...]:
    """Return the releases that put the removed versions where they run."""
    found = set()
    for running in going:
        here = around.live.get((running.stage, running.key)) if running.stage else None
        if here is not None:
            slot = here.settled if here.entry.settled == running.version else here.candidate
            found |= {slot.release} if slot else set()
    return tuple(sorted(found))
