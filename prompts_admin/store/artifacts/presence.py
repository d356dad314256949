"""Rows of who is writing which artifact just now, so that all server processes know."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.tables import editors, users


class Present(NamedTuple):
    """Somebody who is writing, by name, and since when."""

    email: str
    name: str
    since: datetime


_PRESENT = (
    sa.select(editors.c.email, users.c.name, editors.c.since)
    .join(users, users.c.email == editors.c.email)
    .where(
        editors.c.key == sa.bindparam("key"),
        editors.c.seen_at > sa.bindparam("after"),
        users.c.disabled_at.is_(None),
    )
    .order_by(editors.c.since, editors.c.email)
)


def present(connection: Connection, key: str, *, after: datetime) -> list[Present]:
    """Return who was seen writing after a moment, the first one first."""
    return [Present(*row) for row in connection.execute(_PRESENT, {"key": key, "after": after})]


def note_editor(connection: Connection, key: str, email: str, *, now: datetime, after: datetime) -> None:
    """Write that somebody is writing now; who was not seen since `after` begins anew."""
    mine = (editors.c.key == key, editors.c.email == email)
    still = editors.update().where(*mine, editors.c.seen_at > after)
    if not connection.execute(still.values(seen_at=now)).rowcount:
        delete_editor(connection, key, email)
        connection.execute(editors.insert().values(key=key, email=email, since=now, seen_at=now))


def delete_editor(connection: Connection, key: str, email: str) -> None:
    """Forget that somebody is writing."""
    connection.execute(editors.delete().where(editors.c.key == key, editors.c.email == email))


def delete_editors_of(connection: Connection, email: str) -> None:
    """Forget everything that somebody is writing."""
    connection.execute(editors.delete().where(editors.c.email == email))


def forget_editors(connection: Connection, before: datetime) -> int:
    """Forget who was not seen since `before`; return how many."""
    return connection.execute(editors.delete().where(editors.c.seen_at < before)).rowcount
