"""Rows of what is live now, and of the marks "was rolled back"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.records import Change, LiveEntry, Place, Slot
from prompts_admin.domain.stages import Entry, Share
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.tables import entries, marks

Subject = tuple[str, str]
"""(key, digest)."""


_ALL = sa.select(
    entries.c.stage,
    entries.c.key,
    *(entries.c[name] for name in ("settled", "candidate", "percentage")),
    *(entries.c[f"settled_{name}"] for name in ("release", "at", "by")),
    *(entries.c[f"candidate_{name}"] for name in ("release", "at", "by")),
)
_OF_KEYS = Prepared(_ALL.where(entries.c.key.in_(any_of("keys"))))
_HERE = (entries.c.stage == sa.bindparam("at_stage")) & (entries.c.key == sa.bindparam("of_key"))
_INSERT, _UPDATE = Prepared(entries.insert()), Prepared(entries.update().where(_HERE))
_DELETE = Prepared(entries.delete().where(_HERE))
_MARKED = Prepared(
    sa.select(marks.c.key, marks.c.digest).where(
        marks.c.id.in_(
            sa.select(sa.func.max(marks.c.id))
            .where(marks.c.key.in_(any_of("keys")))
            .group_by(marks.c.key, marks.c.digest)
        ),
        marks.c.marked,
        marks.c.release > sa.bindparam("after"),
    )
)

_ALL_MARKED = Prepared(
    sa.select(marks.c.key, marks.c.digest).where(
        marks.c.id.in_(sa.select(sa.func.max(marks.c.id)).group_by(marks.c.key, marks.c.digest)),
        marks.c.marked,
    )
)


def live_entries(connection: Connection, keys: Collection[str] | None = None) -> dict[Place, LiveEntry]:
    """Return what is live of `keys` (of everything by default) by (stage, key)."""
    rows = connection.execute(_ALL) if keys is None else _OF_KEYS.rows(connection, {"keys": list(keys)})
    return {(stage, key): _live(*fields) for stage, key, *fields in rows}


def apply_changes(uow: UnitOfWork, changes: Iterable[Change], slot: Slot) -> None:
    """Write what `changes` leave at each place; halves that did not change keep their origin."""
    new = []
    for change in changes:
        here = {"at_stage": change.stage, "of_key": change.key}
        if change.after.is_empty:
            uow.write_later(_DELETE, here)
        elif change.before.is_empty:
            new.append({"stage": change.stage, "key": change.key} | _whole(change, slot))
        else:
            uow.write_later(_UPDATE, here | _columns(change, slot))
    uow.write_later(_INSERT, *new)


def marked_subjects(connection: Connection, keys: Collection[str], *, after: int = 0) -> frozenset[Subject]:
    """Return the (key, digest) among `keys` that are marked now, by a release after number `after`."""
    rows = _MARKED.rows(connection, {"keys": list(keys), "after": after})
    return frozenset((key, digest) for key, digest in rows)


def all_marked(connection: Connection) -> frozenset[Subject]:
    """Return every (key, digest) that is marked now."""
    return frozenset((key, digest) for key, digest in _ALL_MARKED.rows(connection))


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


def _live(settled: int | None, candidate: int | None, percentage: Share, *origins: Any) -> LiveEntry:
    return LiveEntry(
        Entry(settled, candidate, percentage),
        None if settled is None else Slot(*origins[:3]),
        None if candidate is None else Slot(*origins[3:]),
    )


def _whole(change: Change, slot: Slot) -> dict[str, Any]:
    """Return every column of an entry that was not there: rows of one statement have the same columns."""
    after = change.after
    return {
        "settled": after.settled,
        "candidate": after.candidate,
        "percentage": after.percentage,
        **_origin("settled", slot if after.settled is not None else None),
        **_origin("candidate", slot if after.candidate is not None else None),
    }


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
