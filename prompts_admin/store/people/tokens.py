"""Rows of API tokens; the secret itself is never stored, only its SHA-256."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.people.permissions import SERVE, Grant
from prompts_admin.domain.people.records import Token
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of, columns_of
from prompts_admin.store.tables import Utc, grants, tokens, users

_LABEL = "token:"
Person = tuple[str, frozenset[Grant]]
"""Name and (role, feature) pairs."""


_TOKENS = sa.select(*columns_of(tokens, Token))
_OF_ROLE = _TOKENS.where(
    tokens.c.role == sa.bindparam("role"),
    tokens.c.revoked_at.is_(None),
    sa.or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > sa.bindparam("now", type_=Utc)),
).order_by(tokens.c.id)
_BY_ID = Prepared(_TOKENS.where(tokens.c.id == sa.bindparam("id")))
_BEARER = Prepared(
    sa.select(*columns_of(tokens, Token), users.c.name, grants.c.role, grants.c.feature)
    .outerjoin(users, sa.and_(users.c.email == tokens.c.email, users.c.disabled_at.is_(None)))
    .outerjoin(grants, grants.c.email == users.c.email)
    .where(tokens.c.id == sa.bindparam("id"))
)
_MAKERS = Prepared(sa.select(tokens.c.name, tokens.c.created_by).where(tokens.c.name.in_(any_of("names"))))


def find_token(connection: Connection, token_id: str) -> Token | None:
    """Return a token by its id, active or not."""
    row = _BY_ID.first(connection, {"id": token_id})
    return Token(*row) if row else None


def find_bearer(connection: Connection, token_id: str) -> tuple[Token, Person | None] | None:
    """Return a token and the active person whose it is, with what they hold, by one query."""
    rows = _BEARER.rows(connection, {"id": token_id})
    if not rows:
        return None
    *token, name, _, _ = rows[0]
    held = frozenset((role, feature) for *_, role, feature in rows if role is not None)
    return Token(*token), None if name is None else (name, held)


def list_tokens(
    connection: Connection, *, after: str = "", limit: int = 100, email: str | None = None
) -> list[Token]:
    """Return tokens in order of their id, those after `after`; only a person's with `email`."""
    query = _TOKENS.where(tokens.c.id > after).order_by(tokens.c.id).limit(limit)
    if email is not None:
        query = query.where(tokens.c.email == email)
    return [Token(*row) for row in connection.execute(query)]


def active_tokens(connection: Connection, role: str, now: datetime) -> list[Token]:
    """Return the tokens of a role that are neither revoked nor expired, in order of their id."""
    return [Token(*row) for row in connection.execute(_OF_ROLE, {"role": role, "now": now})]


def name_taken(connection: Connection, name: str) -> bool:
    """Tell whether a token of this name exists that was not revoked."""
    query = sa.select(tokens.c.id).where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def makers_of(connection: Connection, labels: Collection[str]) -> dict[str, frozenset[str]]:
    """Return who made the tokens that `labels` (`token:NAME`) name, of persons or of none, revoked ones too."""
    names = [label.removeprefix(_LABEL) for label in labels if label.startswith(_LABEL)]
    found: dict[str, set[str]] = {}
    for name, maker in _MAKERS.rows(connection, {"names": names}) if names else ():
        found.setdefault(f"{_LABEL}{name}", set()).add(maker)
    return {label: frozenset(makers) for label, makers in found.items()}


def insert_token(connection: Connection, token: Token) -> None:
    """Add a token."""
    connection.execute(tokens.insert().values(asdict(token)))


def revoke_tokens(
    connection: Connection, now: datetime, *, token_id: str | None = None, email: str | None = None
) -> int:
    """Revoke one token, or all of a person; return how many were not revoked before."""
    query = tokens.update().where(tokens.c.revoked_at.is_(None))
    query = query.where(tokens.c.id == token_id if email is None else tokens.c.email == email)
    return connection.execute(query.values(revoked_at=now)).rowcount


def revoke_tokens_made_by(connection: Connection, now: datetime, *, email: str) -> int:
    """Revoke what a person made for others or for nobody, except what serves alone; return how many."""
    theirs = (tokens.c.created_by == email, tokens.c.role != SERVE, tokens.c.revoked_at.is_(None))
    return connection.execute(tokens.update().where(*theirs).values(revoked_at=now)).rowcount


def touch_token(connection: Connection, token_id: str, used_at: datetime) -> None:
    """Remember when a token was used last."""
    connection.execute(tokens.update().where(tokens.c.id == token_id).values(used_at=used_at))
