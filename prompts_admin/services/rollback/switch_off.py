"""Who would be left without an answer by what goes back, and the refusal of it while nobody has said so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.releases.switch_off import places_off, taken_away, takes_away
from prompts_admin.domain.stages import Entry, position
from prompts_admin.domain.targeting.audiences import Audience
from prompts_admin.domain.targeting.snapshot_codec import read_audiences
from prompts_admin.services.core.visibility import seen
from prompts_admin.services.core.work import Work
from prompts_admin.services.rollback.affected_versions import RunningVersion
from prompts_admin.store.artifacts import features

MOST_NAMED = 6
"""How many places a refusal names in its sentence; all are in its members."""


def audiences_of(work: Work, at: datetime | None = None) -> dict[str, Audience]:
    """Return who is on each stage, now or at a moment."""
    scope = features.WORKSPACE
    then = features.document_at(work.connection, scope, at) if at is not None else None
    found = then or features.current_documents(work.connection, [scope]).get(scope)
    return read_audiences(found.document["audiences"]) if found else {}


def switched_off(
    work: Work, changes: Sequence[Change], entries: Mapping[Place, Entry], *, at: datetime | None = None
) -> tuple[RunningVersion, ...]:
    """Return what somebody gets now, `changes` take away, and nothing takes the place of; stages as on the ladder.

    `entries` are the other stages' before or after the changes; audiences those of now, or of the moment `at`.
    """
    if not any(map(takes_away, changes)):
        return ()
    off = places_off(changes, entries, audiences_of(work, at))
    return tuple(
        RunningVersion(change.key, version, change.stage)
        for change in sorted(changes, key=lambda change: (change.key, position(change.stage)))
        if change.place in off
        for version in taken_away(change)
    )


def would_switch_off(work: Work, off: Sequence[RunningVersion], command: str) -> Refused:
    """Return the refusal to leave somebody without an answer; `command` does it all the same."""
    shown = readable(work, off)
    names = [f"'{running.key}@{running.version}' on {running.stage}" for running in shown[:MOST_NAMED]]
    more = [f"{len(off) - len(names)} more"] if len(names) < len(off) else []
    return Refused(
        "would_switch_off",
        f"There is nothing to go back to for {', '.join([*names, *more])}: who gets it would get nothing.",
        f"To switch it off: {command}",
        members={"left_on": [vars(running) for running in shown], "commands": [command]},
    )


def check_off_as_expected(
    work: Work, off: Sequence[RunningVersion], expected: Collection[RunningVersion]
) -> None:
    """Raise Conflict `expectation_failed` unless what goes off is what the asker was shown."""
    if set(readable(work, off)) != set(expected):
        raise something_else_stands(expected)


def something_else_stands(expected: Iterable[RunningVersion]) -> Conflict:
    """Return the refusal to switch off what is not what the asker was shown."""
    keys = sorted({running.key for running in expected})
    return Conflict(
        "expectation_failed",
        f"What runs of {', '.join(map(repr, keys))}, or what it would go back to, has changed meanwhile.",
        f"See: prompts-admin status {keys[0]}" if keys else "See: prompts-admin status",
    )


def readable(work: Work, found: Sequence[RunningVersion]) -> list[RunningVersion]:
    """Return what of `found` the asker may read."""
    visible = seen(work, {(running.key, running.version) for running in found})
    return [running for running in found if (running.key, running.version) in visible]


def row(running: RunningVersion) -> dict[str, Any]:
    """Return where something runs, as documents say it: {stage, key}."""
    return {"stage": running.stage, "key": running.key}
