"""Rollback, undo and restore: pure plans of what goes back to what.

They need no sign-off, since they only restore what was decided. Everything they can say no to is a 409
that names what stands there and the next command.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain.errors import Conflict, Refused, Usage
from prompts_admin.domain.releases.records import Change, HistoryLine, Place
from prompts_admin.domain.releases.states import PUTTING_BACK
from prompts_admin.domain.releases.switch_off import places_off
from prompts_admin.domain.stages import EMPTY, Entry, Stage
from prompts_admin.domain.targeting.audiences import Audience

OFF = "none"
"""What `--to` says to switch an artifact off."""

IsBad = Callable[[int], bool]
"""Tells whether a version of one artifact is marked or contains something marked."""


@dataclass(frozen=True)
class RestorePlan:
    """What a restore would do.

    `skipped` versions are marked since or barred. At `left` places nothing was settled then, and somebody would
    get nothing; with `exact` they are among the changes and are `off`.
    """

    changes: tuple[Change, ...]
    skipped: tuple[tuple[str, str, int], ...]
    left: tuple[Place, ...]
    off: frozenset[Place] = frozenset()


def rollback_targets(version: int, history: Sequence[HistoryLine], is_bad: IsBad) -> tuple[int, ...]:
    """Return the versions that a rollback of `version` may settle, most recently settled first.

    `history` is that place's, oldest first. By time, not by number; never `version` itself. `is_bad` must
    count what this very rollback marks, so that the same text under an older number does not come back.
    What an undo took away does not come back either: that it was settled is what was undone.
    """
    left = [line.before.settled for line in history if line.kind != "undo" and _settles_another(line)]
    stands = [line.after.settled for line in history[-1:]]
    recent = dict.fromkeys(reversed([*left, *stands]))
    return tuple(v for v in recent if v is not None and v != version and not is_bad(v))


def removed(
    entry: Entry, version: int, targets: Sequence[int], *, key: str, stage: str, to: str | None = None
) -> Entry:
    """Return `entry` without `version`: a candidate just goes, a settled one gives way to a target.

    `to` is a version's number, "none" to switch off, or None for the first of `targets`. Raises Refused
    `no_target` when `to` does not qualify. Without any target nothing is settled there any more; only
    `version` goes, so another version's candidate keeps its share. An entry that does not run it stays.
    """
    if not entry.runs(version):
        return entry
    if entry.settled != version:
        return Entry(entry.settled)
    target = _chosen(targets, to, key=key, stage=stage)
    if entry.candidate in (None, version, target):
        return Entry(target)
    return Entry(target, entry.candidate, entry.percentage)


def only_version(key: str, entries: Mapping[Stage, Entry], pinned: Iterable[int] = ()) -> int:
    """Return the one version that every stage runs, for `rollback KEY` without a number.

    `pinned` are versions in use inside live prompts. Raises Conflict `not_live` when none runs and Usage
    `ambiguous`, with the ready commands, when several do.
    """
    running = {v for e in entries.values() for v in (e.settled, e.candidate) if v is not None} | set(pinned)
    if not running:
        raise Conflict(
            "not_live",
            f"'{key}' is live nowhere; there is nothing to roll back.",
            f"See: prompts-admin history {key}",
        )
    if len(running) > 1:
        commands = [f"prompts-admin rollback {key}@{version}" for version in sorted(running, reverse=True)]
        raise Usage(
            "ambiguous",
            f"'{key}' runs {len(running)} versions; name the one to remove.",
            " or ".join(commands),
            members={"commands": commands},
        )
    return running.pop()


def check_not_put_back_already(key: str, version: int, last: HistoryLine | None, *, now: datetime) -> None:
    """Refuse an unnamed rollback of what itself came by putting back, so that nothing moves twice."""
    if last is None or last.kind not in PUTTING_BACK:
        return
    raise Conflict(
        "already_rolled_back",
        f"'{key}' was already {_past(last.kind)} to v{version} by {last.by} {ago(last.at, now)}.",
        f"To go further: prompts-admin rollback {key}@{version}",
        members={"release": last.release, "commands": [f"prompts-admin rollback {key}@{version}"]},
    )


def not_live(key: str, version: int, last: HistoryLine | None, *, now: datetime) -> Conflict:
    """Return the refusal of a rollback of a version that runs nowhere, saying what happened to it."""
    if last is None or last.kind not in PUTTING_BACK or not last.before.runs(version):
        return Conflict(
            "not_live", f"'{key}@{version}' is live nowhere.", f"See: prompts-admin history {key}"
        )
    went_to = f"to v{last.after.settled}" if last.after.settled is not None else "and switched off"
    text = f"'{key}@{version}' was already {_past(last.kind)} {went_to} by {last.by} {ago(last.at, now)}."
    return Conflict(
        "already_rolled_back", text, f"See: prompts-admin status {key}", members={"release": last.release}
    )


def restore_plan(
    then: Mapping[Place, Entry],
    now: Mapping[Place, Entry],
    *,
    is_marked: Callable[[str, int], bool],
    audiences: Mapping[str, Audience],
    barred: Collection[Place] = (),
    exact: bool = False,
) -> RestorePlan:
    """Return how to settle what was settled `then`; `exact` also where that leaves somebody without an answer.

    What was settled at `barred` places does not come back, and is skipped like what is marked.
    """
    changes: list[Change] = []
    skipped: list[tuple[str, str, int]] = []
    for place in sorted({*then, *now}):
        before, settled = now.get(place, EMPTY), then.get(place, EMPTY).settled
        comes_back = settled is not None and settled != before.settled
        if settled is not None and comes_back and (place in barred or is_marked(place[1], settled)):
            skipped.append((*place, settled))
        elif before != Entry(settled):
            changes.append(Change(*place, before, Entry(settled)))
    off = places_off(changes, now, audiences)
    if exact:
        return RestorePlan(tuple(changes), tuple(skipped), (), off)
    kept = tuple(change for change in changes if change.place not in off)
    return RestorePlan(kept, tuple(skipped), tuple(sorted(off)))


def ago(moment: datetime, now: datetime) -> str:
    """Return a short "20 s ago" for people, in the largest whole unit."""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def _settles_another(line: HistoryLine) -> bool:
    return line.before.settled != line.after.settled


def _chosen(targets: Sequence[int], to: str | None, *, key: str, stage: str) -> int | None:
    if to is None:
        return targets[0] if targets else None
    if to == OFF:
        return None
    if to in map(str, targets):
        return int(to)
    known = ", ".join(f"v{version}" for version in targets) or "none, only switching off (--to none)"
    raise Refused(
        "no_target",
        f"'{key}' cannot go back to v{to} on {stage}: it was never settled there, or was rolled back.",
        f"Those that qualify: {known}.",
        members={"targets": list(targets), "stage": stage},
    )


def _past(kind: str) -> str:
    return {"rollback": "rolled back", "undo": "put back by an undo", "restore": "restored"}[kind]
