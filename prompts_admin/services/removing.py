"""Which places a rollback changes, and how: the named versions and whatever pins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prompts_admin.domain.errors import Conflict, NotPermitted, Refused, Usage
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.putting_back import removed, rollback_targets
from prompts_admin.domain.releases import Change, Place
from prompts_admin.domain.stages import STAGES
from prompts_admin.services.coming_back import check_signed
from prompts_admin.services.running import Running, running_around, running_of_keys, running_of_release
from prompts_admin.services.sight import counted, seen
from prompts_admin.services.surroundings import Surroundings, surroundings
from prompts_admin.services.work import Work
from prompts_admin.store import features, item_states, releases


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
    named = _named(work, request)
    for running in named:
        work.require("roll_back", feature_of(running.key))
    along = running_around(work, named, request.stages)
    _check_expected(request, [*named, *_readable(work, along)])
    allowed = [r for r in along if not request.only and work.may("roll_back", feature_of(r.key))]
    left = [r for r in along if r not in allowed]
    going = [*named, *allowed]
    _check_something_goes(work, request, named, going, left)
    around = surroundings(work, sorted({r.key for r in going}), extra={(r.key, r.version) for r in going})
    bad = frozenset((r.key, around.lineage[r.key, r.version].digest) for r in going)
    changes = _changes(going, around, bad, request, {r.key for r in named})
    check_signed(work, [change for change in changes if _was_restored_away(change, around)])
    return Removal(
        changes=changes,
        marks=bad,
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
    states = item_states.item_states_of(work.connection, origins)
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
        raise Usage(
            "malformed",
            "Name artifacts or one release.",
            "prompts-admin rollback KEY@V, or prompts-admin rollback --release N",
        )
    unknown = [stage for stage in request.stages if stage not in STAGES]
    if unknown:
        raise Refused("invalid", f"'{unknown[0]}' is no stage.", f"Name one of {', '.join(STAGES)}.")


def _named(work: Work, request: RollbackRequest) -> list[Running]:
    if request.release is not None:
        return running_of_release(work, request.release, request.stages)
    return running_of_keys(work, request.keys, request.stages)


def _check_something_goes(
    work: Work,
    request: RollbackRequest,
    named: Sequence[Running],
    going: Sequence[Running],
    left: Sequence[Running],
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


def _where(work: Work, left: Sequence[Running]) -> str:
    """Name what is left; of what the asker may not read only how much it is."""
    shown = _readable(work, left)
    names = [f"{running.key}@{running.version} on {running.stage}" for running in shown]
    return ", ".join([*names, *([counted(len(left) - len(shown))] if len(shown) < len(left) else [])])


def _readable(work: Work, found: Sequence[Running]) -> list[Running]:
    visible = seen(work, {(running.key, running.version) for running in found})
    return [running for running in found if (running.key, running.version) in visible]


def _changes(
    going: Sequence[Running],
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


def _was_restored_away(change: Change, around: Surroundings) -> bool:
    """Tell whether what a rollback settles was last taken away by a restore, and not by what came after it."""
    lines = around.past.get(change.place, ())
    left = [line for line in lines if line.before.settled == change.after.settled != line.after.settled]
    return bool(left) and left[-1].kind == "restore"


def _check_expected(request: RollbackRequest, found: Sequence[Running]) -> None:
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
