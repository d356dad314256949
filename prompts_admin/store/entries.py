"""Rows of what is live now, and of the marks "was rolled back"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases import Change, Place
from prompts_admin.domain.stages import Entry
from prompts_admin.store.tables import entries, marks

Subject = tuple[str, str]
"""(key, digest)."""


@dataclass(frozen=True)
class Slot:
    """Since when, by whom and by which release one half of an entry stands."""

    release: int
    at: datetime
    by: str


@dataclass(frozen=True)
class LiveEntry:
    """An entry and where its two halves came from."""

    entry: Entry
    settled: Slot | None
    candidate: Slot | None


def live_entries(connection: Connection, keys: Collection[str] | None = None) -> dict[Place, LiveEntry]:
    """Return what is live of `keys` (of everything by default) by (stage, key)."""
    query = sa.select(entries)
    if keys is not None:
        query = query.where(entries.c.key.in_(keys))
    return {(row["stage"], row["key"]): _live(row) for row in connection.execute(query).mappings()}


def apply_changes(connection: Connection, changes: Iterable[Change], slot: Slot) -> None:
    """Write what `changes` leave at each place; halves that did not change keep their origin."""
    for change in changes:
        here = (entries.c.stage == change.stage) & (entries.c.key == change.key)
        if change.after.is_empty:
            connection.execute(entries.delete().where(here))
            continue
        values = _columns(change, slot)
        if change.before.is_empty:
            connection.execute(entries.insert().values(stage=change.stage, key=change.key, **values))
        else:
            connection.execute(entries.update().where(here).values(values))


def marked_subjects(connection: Connection, keys: Collection[str]) -> frozenset[Subject]:
    """Return the (key, digest) among `keys` that are marked now."""
    newest = (
        sa.select(sa.func.max(marks.c.id)).where(marks.c.key.in_(keys)).group_by(marks.c.key, marks.c.digest)
    )
    query = sa.select(marks.c.key, marks.c.digest).where(marks.c.id.in_(newest), marks.c.marked)
    return frozenset((row.key, row.digest) for row in connection.execute(query))


def marks_of_release(connection: Connection, release: int) -> tuple[tuple[Subject, bool], ...]:
    """Return the marks that a release set (True) or lifted (False)."""
    query = sa.select(marks).where(marks.c.release == release).order_by(marks.c.id)
    return tuple(((row.key, row.digest), row.marked) for row in connection.execute(query))


def set_marks(
    connection: Connection, subjects: Collection[Subject], *, marked: bool, release: int, now: datetime
) -> None:
    """Mark or lift; the last row of a subject counts."""
    rows = [
        {"key": key, "digest": digest, "marked": marked, "release": release, "at": now}
        for key, digest in sorted(set(subjects))
    ]
    if rows:
        connection.execute(marks.insert(), rows)


def _live(row: Any) -> LiveEntry:
    def slot(half: str) -> Slot | None:
        if row[half] is None:
            return None
        return Slot(row[f"{half}_release"], row[f"{half}_at"], row[f"{half}_by"])

    entry = Entry(row["settled"], row["candidate"], row["percentage"])
    return LiveEntry(entry, slot("settled"), slot("candidate"))


def _columns(change: Change, slot: Slot) -> dict[str, Any]:
    before, after = change.before, change.after
    values: dict[str, Any] = {}
    if after.settled != before.settled:
        values |= {"settled": after.settled} | _origin("settled", slot if after.settled is not None else None)
    if (after.candidate, after.percentage) != (before.candidate, before.percentage):
        values |= {"candidate": after.candidate} | _origin(
            "candidate", slot if after.candidate is not None else None
        )
    return values | {"percentage": after.percentage}


def _origin(half: str, slot: Slot | None) -> dict[str, Any]:
    return {
        f"{half}_release": slot.release if slot else None,
        f"{half}_at": slot.at if slot else None,
        f"{half}_by": slot.by if slot else None,
    }
