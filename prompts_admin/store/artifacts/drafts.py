"""Rows of drafts; nobody but their writer is ever asked for."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.content.drafts import Draft
from prompts_admin.store.database.statements import columns_of
from prompts_admin.store.tables import drafts

_OF = sa.select(*columns_of(drafts, Draft)).where(drafts.c.email == sa.bindparam("email"))
_ONE = _OF.where(drafts.c.key == sa.bindparam("key"))
_ALL = _OF.order_by(drafts.c.changed_at.desc(), drafts.c.key)
_COUNT = sa.select(sa.func.count()).where(
    drafts.c.email == sa.bindparam("email"), drafts.c.dropped_at.is_(None)
)


def find_draft(connection: Connection, email: str, key: str) -> Draft | None:
    """Return a person's draft, dropped or not."""
    row = connection.execute(_ONE, {"email": email, "key": key}).first()
    return Draft(*row) if row else None


def drafts_of(connection: Connection, email: str) -> list[Draft]:
    """Return a person's drafts, the one changed last first, dropped ones too."""
    return [Draft(*row) for row in connection.execute(_ALL, {"email": email})]


def count_drafts(connection: Connection, email: str) -> int:
    """Return how many drafts a person keeps."""
    return connection.scalar(_COUNT, {"email": email}) or 0


def put_draft(connection: Connection, draft: Draft) -> None:
    """Write a draft in the place of the one before."""
    delete_draft(connection, draft.email, draft.key)
    connection.execute(drafts.insert(), asdict(draft))


def change_draft(connection: Connection, email: str, key: str, *, dropped_at: datetime | None) -> None:
    """Mark a draft as dropped, or as not dropped."""
    mine = (drafts.c.email == email, drafts.c.key == key)
    connection.execute(drafts.update().where(*mine).values(dropped_at=dropped_at))


def delete_draft(connection: Connection, email: str, key: str) -> None:
    """Take a draft away for good."""
    connection.execute(drafts.delete().where(drafts.c.email == email, drafts.c.key == key))


def delete_drafts_of(connection: Connection, email: str) -> None:
    """Take all of a person's drafts away."""
    connection.execute(drafts.delete().where(drafts.c.email == email))


def forget_drafts(connection: Connection, *, before: datetime, dropped_before: datetime) -> int:
    """Delete drafts that nobody changed since `before`, and what was dropped before a moment; return how many."""
    old = (drafts.c.changed_at < before) | (drafts.c.dropped_at < dropped_before)
    return connection.execute(drafts.delete().where(old)).rowcount
