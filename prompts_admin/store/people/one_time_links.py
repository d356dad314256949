"""Rows of links that work once: the first set-up, invitations and password resets; only hashes are stored."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.people.records import Invite
from prompts_admin.store.tables import invites


def find_open(connection: Connection, secret_hash: str, now: datetime) -> Invite | None:
    """Return a link that was not used and has not expired."""
    query = sa.select(invites).where(invites.c.secret_hash == secret_hash, *_open(now))
    row = connection.execute(query).mappings().first()
    return Invite(**row) if row else None


def insert_invite(connection: Connection, invite: Invite) -> None:
    """Add a link."""
    connection.execute(invites.insert().values(asdict(invite)))


def use(connection: Connection, secret_hash: str, now: datetime) -> bool:
    """Mark a link as used; False when somebody else was faster or it has expired."""
    query = invites.update().where(invites.c.secret_hash == secret_hash, *_open(now))
    return connection.execute(query.values(used_at=now)).rowcount == 1


def close_all(connection: Connection, now: datetime, *, email: str | None) -> int:
    """End every open link of a person (None: of the first set-up); return how many."""
    query = invites.update().where(invites.c.email == email, invites.c.used_at.is_(None))
    return connection.execute(query.values(used_at=now)).rowcount


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return invites.c.used_at.is_(None), invites.c.expires_at > now
