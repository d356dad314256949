"""Rollback, undo and restore on the ledger in memory, as the services put them together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.releases.records import Change, HistoryLine, Place
from prompts_admin.domain.releases.rollback import (
    OFF,
    check_not_put_back_already,
    not_live,
    only_version,
    removed,
    restore_plan,
    rollback_targets,
)
from prompts_admin.domain.releases.switch_off import places_off
from prompts_admin.domain.releases.undo import undo_changes
from prompts_admin.domain.stages import STAGES, Entry
from tests.domain.releases.ledger import Ledger
from tests.domain.releases.release_cases import LADDER

Named = tuple[str, int]


def rollback(
    ledger: Ledger,
    key: str,
    version: int | None = None,
    *,
    now: datetime,
    stages: Iterable[str] = STAGES,
    to: str | None = None,
    only: bool = False,
    or_none: bool = False,
) -> int:
    """Remove a version, named or the only one, from `stages`, and what pins it unless `only`.

    Where somebody would get nothing it stays, unless `or_none` or `to` says so.
    """
    if version is None:
        version = only_version(key, {s: ledger.entry(s, key) for s in STAGES}, pinned(ledger, key))
        for line in latest_lines(ledger, key):
            check_not_put_back_already(key, version, line, now=now)
    going = {(key, version)} | (set() if only else containers(ledger, (key, version)))
    wanted = tuple(stages)
    if not any(ledger.entry(stage, k).runs(v) for stage in wanted for k, v in going):
        raise not_live(key, version, last_removal(ledger, key, version), now=now)
    bad = [(k, ledger.saved[k, v].digest) for k, v in going]
    planned = [
        _removal(ledger, place, going, bad, to=to if place[1] == key else None)
        for place in sorted(ledger.entries)
        if place[0] in wanted
    ]
    stays = frozenset[Place]() if or_none or to == OFF else places_off(planned, ledger.entries, LADDER)
    changes = [c for c in planned if c.before != c.after and c.place not in stays]
    if not changes:
        raise Refused("would_switch_off", "There is nothing to go back to.")
    gone = {
        (c.key, v)
        for c in changes
        for v in (c.before.settled, c.before.candidate)
        if v and not c.after.runs(v)
    }
    marks = sorted({(k, ledger.saved[k, v].digest) for k, v in {(key, version), *gone} & going})
    number = ledger.write("rollback", changes, now=now)
    known = ledger.marked()
    ledger.marks += [(number, subject, True) for subject in marks if subject not in known]
    return number


def undo(ledger: Ledger, number: int, *, now: datetime, or_none: bool = False) -> int:
    """Put back what stood before a release; its marks go with it when it was a rollback.

    Where somebody would get nothing it is refused, unless `or_none` says so.

    A release is undone once: whoever wants it gone again undoes the undo of its undo.
    """
    release = ledger.releases[number]
    undone = any(other.undo_of == number for other in ledger.releases.values())
    if undone or any(ledger.states[number, item.place][0] != "current" for item in release.items):
        raise Refused("undo_refused", "Something else happened there since.")
    back = undo_changes(number, release.changes, ledger.entries, live_at=release.at, now=now, hours=24)
    if not or_none and places_off(back, ledger.entries, LADDER):
        raise Refused("would_switch_off", "There is nothing to go back to.")
    done = ledger.write("undo", back, now=now, undo_of=number)
    if release.kind in ("rollback", "undo"):
        ledger.marks += [(done, subject, not was) for by, subject, was in ledger.marks if by == number]
    return done


def restore(ledger: Ledger, at: datetime, *, now: datetime, exact: bool) -> int | None:
    """Settle what was settled at a time; None when nothing is to do."""
    then = {place: _last_before(lines, at) for place, lines in ledger.history.items()}
    plan = restore_plan(
        {place: entry for place, entry in then.items() if entry},
        ledger.entries,
        is_marked=ledger.is_bad,
        audiences=LADDER,
        exact=exact,
    )
    return ledger.write("restore", plan.changes, now=now) if plan.changes else None


def running(ledger: Ledger) -> set[Named]:
    """Return every (key, version) that somebody gets by itself."""
    return {
        (key, v) for (_, key), entry in ledger.entries.items() for v in (entry.settled, entry.candidate) if v
    }


def pinned(ledger: Ledger, key: str) -> set[int]:
    """Return the versions of `key` in use inside live prompts."""
    return {v for live in running(ledger) for k, v in ledger.saved[live].pins if k == key}


def containers(ledger: Ledger, inner: Named) -> set[Named]:
    """Return the live versions that pin `inner`."""
    return {live for live in running(ledger) if inner in ledger.saved[live].pins}


def latest_lines(ledger: Ledger, key: str) -> list[HistoryLine]:
    """Return the last line of each place where `key`, or a prompt that pins it, runs."""
    live = {k for k, v in running(ledger) if key in (k, *dict(ledger.saved[k, v].pins))}
    return [
        lines[-1] for (s, k), lines in ledger.history.items() if k in live and not ledger.entry(s, k).is_empty
    ]


def last_removal(ledger: Ledger, key: str, version: int) -> HistoryLine | None:
    """Return the line that last took `version` away somewhere."""
    lines = [line for (_, k), past in ledger.history.items() if k == key for line in past]
    gone = [line for line in lines if line.before.runs(version) and not line.after.runs(version)]
    return max(gone, key=lambda line: line.release, default=None)


def _removal(
    ledger: Ledger, place: Place, going: set[Named], marks: list[tuple[str, str]], *, to: str | None
) -> Change:
    stage, key = place
    before = after = ledger.entries[place]
    for k, version in sorted(going):
        if k == key and after.runs(version):
            past = ledger.history[place]
            targets = rollback_targets(version, past, lambda v: ledger.is_bad(key, v, marks))
            after = removed(after, version, targets, key=key, stage=stage, to=to)
    return Change(stage, key, before, after)


def _last_before(lines: list[HistoryLine], at: datetime) -> Entry | None:
    return next((line.after for line in reversed(lines) if line.at <= at), None)
