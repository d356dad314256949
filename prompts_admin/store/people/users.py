"""Rows of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.people.records import User
from prompts_admin.store.database.statements import columns_of
from prompts_admin.store.tables import users

_FIND = sa.select(*columns_of(users, User)).where(users.c.email == sa.bindparam("email"))


def find_user(connection: Connection, email: str) -> User | None:
    """Return the person with this address (lower case), disabled or not."""
    row = connection.execute(_FIND, {"email": email}).first()
    return User(*row) if row else None


def list_users(
    connection: Connection, *, after: str = "", limit: int = 100, emails: Collection[str] | None = None
) -> list[User]:
    """Return people in order of their address, those after `after`."""
    query = sa.select(users).where(users.c.email > after).order_by(users.c.email).limit(limit)
    if emails is not None:
        query = query.where(users.c.email.in_(emails))
    return [User(**row) for row in connection.execute(query).mappings()]


def names_of(connection: Connection, emails: Collection[str]) -> dict[str, str]:
    """Return the names of these people, by address."""
    query = sa.select(users.c.email, users.c.name).where(users.c.email.in_(emails))
    return {row.email: row.name for row in connection.execute(query)}


def any_user(connection: Connection) -> bool:
    """Tell whether the store has a person at all."""
    return connection.execute(sa.select(users.c.email).limit(1)).first() is not None


def insert_user(connection: Connection, user: User) -> None:
    """Add a person."""
    connection.execute(users.insert().values(asdict(user)))


def update_user(connection: Connection, email: str, **values: Any) -> None:
    """Change a person's name, password hash or disabling."""
    connection.execute(users.update().where(users.c.email == email).values(values))


def replace_hash(connection: Connection, email: str, *, old: str, new: str) -> bool:
    """Put a stronger hash in the place of `old`; False when the password was changed in between."""
    query = users.update().where(users.c.email == email, users.c.password_hash == old)
    return connection.execute(query.values(password_hash=new)).rowcount == 1
