"""Answers kept by idempotency key, so that a request sent twice is done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.tables import idempotency


@dataclass(frozen=True)
class Kept:
    """The answer to an earlier request; `request` is the hash by which another body is noticed."""

    request: str
    response: Any
    created_at: datetime


_KEEP = Prepared(idempotency.insert())
_FIND = Prepared(
    sa.select(idempotency.c.request, idempotency.c.response, idempotency.c.created_at).where(
        idempotency.c.actor == sa.bindparam("actor"), idempotency.c.key == sa.bindparam("key")
    )
)


def find(connection: Connection, actor: str, key: str) -> Kept | None:
    """Return what was answered to this actor's request with this key."""
    row = _FIND.first(connection, {"actor": actor, "key": key})
    return Kept(*row) if row else None


def keep(uow: UnitOfWork, actor: str, key: str, *, request: str, response: Any, now: datetime) -> None:
    """Keep an answer, in the transaction of the change that it reports."""
    values = {"actor": actor, "key": key, "request": request, "response": response, "created_at": now}
    uow.write_later(_KEEP, values)


def forget_older_than(connection: Connection, moment: datetime) -> int:
    """Delete the answers kept before `moment`; return how many."""
    return connection.execute(sa.delete(idempotency).where(idempotency.c.created_at < moment)).rowcount
