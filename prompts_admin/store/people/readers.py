"""Rows of the readers that server processes heard, so that each can count those of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.database.statements import any_of
from prompts_admin.store.tables import readers, release_changes

_GONE = readers.delete().where(readers.c.id.in_(any_of("ids")))
_OLD = readers.delete().where(readers.c.seen < sa.bindparam("before"))
_OTHERS = sa.select(readers).where(
    readers.c.process != sa.bindparam("process"), readers.c.seen >= sa.bindparam("after")
)


class Row(TypedDict):
    """A reader as a process heard it, or the process itself; moments in seconds of Unix time."""

    id: str
    process: str
    revision: int | None
    sdk: str
    host: str
    every: float
    token: str
    seen: float
    since: float
    asking: int


def share_readers(
    connection: Connection, rows: Sequence[Row], gone: Collection[str], *, before: float
) -> None:
    """Write what a process heard, newest last; take out who said goodbye and what is older than `before`."""
    ids = [*gone, *(row["id"] for row in rows)]
    if ids:
        connection.execute(_GONE, {"ids": ids})
    if rows:
        connection.execute(readers.insert(), [dict(row) for row in rows])
    connection.execute(_OLD, {"before": before})


def readers_of_others(connection: Connection, process: str, *, after: float) -> Sequence[sa.Row[Any]]:
    """Return the rows of other processes, not older than `after`."""
    return connection.execute(_OTHERS, {"process": process, "after": after}).all()


def overtaken_at(connection: Connection, revisions: Collection[int]) -> dict[int, Any]:
    """Return when each revision was first followed by another that changed what is served."""
    found = {}
    for revision in revisions:
        query = (
            sa.select(release_changes.c.at)
            .where(release_changes.c.revision > revision)
            .order_by(release_changes.c.revision)
            .limit(1)
        )
        moment = connection.scalar(query)
        if moment is not None:
            found[revision] = moment
    return found
