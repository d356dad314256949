"""Rows of sessions; the id itself is never stored, only its SHA-256."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.people.records import Session
from prompts_admin.store.tables import sessions


def find_session(connection: Connection, id_hash: str) -> Session | None:
    """Return a session by the hash of its id."""
    row = connection.execute(sa.select(sessions).where(sessions.c.id_hash == id_hash)).mappings().first()
    return Session(**row) if row else None


def sessions_of(connection: Connection, email: str, *, now: datetime) -> list[Session]:
    """Return a person's sessions that have not expired, the one used last first."""
    query = (
        sa.select(sessions)
        .where(sessions.c.email == email, sessions.c.expires_at > now)
        .order_by(sessions.c.seen_at.desc(), sessions.c.id_hash)
    )
    return [Session(**row) for row in connection.execute(query).mappings()]


def insert_session(connection: Connection, session: Session) -> None:
    """Add a session."""
    connection.execute(sessions.insert().values(asdict(session)))


def touch_session(connection: Connection, id_hash: str, *, seen_at: datetime, expires_at: datetime) -> None:
    """Remember that a session was used."""
    query = sessions.update().where(sessions.c.id_hash == id_hash, sessions.c.seen_at < seen_at)
    connection.execute(query.values(seen_at=seen_at, expires_at=expires_at))


def delete_sessions(
    connection: Connection, email: str, *, only: str | None = None, keep: str | None = None
) -> int:
    """End a person's sessions: all, the one with the hash `only`, or all but `keep`; return how many."""
    query = sessions.delete().where(sessions.c.email == email)
    if only is not None:
        query = query.where(sessions.c.id_hash == only)
    if keep is not None:
        query = query.where(sessions.c.id_hash != keep)
    return connection.execute(query).rowcount


def delete_expired(connection: Connection, now: datetime) -> int:
    """Remove sessions that ended by themselves; return how many."""
    return connection.execute(sessions.delete().where(sessions.c.expires_at <= now)).rowcount
