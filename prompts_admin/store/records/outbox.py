"""Messages for the world outside the database, written with the change that they tell of and sent after it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.tables import outbox

Payload = dict[str, Any]
"""What a message tells, by its topic; kept as JSON."""


@dataclass(frozen=True)
class Message:
    """One message; `id` stays the same however often it is sent, so that a receiver can tell."""

    id: int
    topic: str
    payload: Payload
    created_at: datetime
    due_at: datetime
    attempts: int
    error: str | None


_COLUMNS = tuple(outbox.c[name] for name in Message.__dataclass_fields__)


_INSERT = Prepared(outbox.insert())


def announce(uow: UnitOfWork, topic: str, payload: Payload, *, due_at: datetime | None = None) -> None:
    """Leave a message that is written when the unit of work commits, to be sent at once or when due."""
    row = {"topic": topic, "payload": payload, "created_at": uow.now, "due_at": due_at or uow.now}
    uow.write_last(_INSERT, row)


def add(
    connection: Connection, topic: str, payload: Payload, *, now: datetime, due_at: datetime | None = None
) -> int:
    """Leave a message to be sent at once, or not before `due_at`; return its id."""
    values = {"topic": topic, "payload": payload, "created_at": now, "due_at": due_at or now}
    return int(connection.execute(sa.insert(outbox).values(values).returning(outbox.c.id)).scalar_one())


def due(
    connection: Connection, now: datetime, *, limit: int, topics: Collection[str] | None = None
) -> tuple[Message, ...]:
    """Return up to `limit` unsent messages that are due, longest due first; of `topics` only, if given."""
    # What was to be sent at once is due also when the clock was set back since.
    is_due = sa.or_(outbox.c.due_at <= now, outbox.c.due_at == outbox.c.created_at)
    query = sa.select(*_COLUMNS).where(_unsent(topics), is_due)
    rows = connection.execute(query.order_by(outbox.c.due_at, outbox.c.id).limit(limit))
    return tuple(Message(*row) for row in rows)


def next_due(connection: Connection, topics: Collection[str] | None = None) -> datetime | None:
    """Return when the next unsent message is due, None when nothing waits."""
    query = sa.select(outbox.c.due_at).where(_unsent(topics)).order_by(outbox.c.due_at).limit(1)
    return connection.execute(query).scalar()


def claim(connection: Connection, ids: Collection[int], until: datetime) -> None:
    """Keep messages from other workers until a moment; whoever dies with them lets them come back then."""
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(sorted(ids))).values(due_at=until))


def delivered(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Note that messages were sent."""
    done = sa.update(outbox).where(outbox.c.id.in_(sorted(ids)))
    connection.execute(done.values(delivered_at=now, attempts=outbox.c.attempts + 1, error=None))


def failed(connection: Connection, message: int, error: str, *, next_due: datetime) -> None:
    """Note why a message could not be sent, and when to try again."""
    values = {"attempts": outbox.c.attempts + 1, "error": error, "due_at": next_due}
    connection.execute(sa.update(outbox).where(outbox.c.id == message).values(values))


def give_up(connection: Connection, message: int, now: datetime) -> None:
    """Take a message out of the queue that nobody took; its error stays with it."""
    connection.execute(sa.update(outbox).where(outbox.c.id == message).values(delivered_at=now))


def give_up_others(connection: Connection, prefix: str, keep: Collection[str], now: datetime) -> None:
    """Take messages out of the queue whose topic begins with `prefix` and is none of `keep`."""
    stray = sa.and_(_unsent(None), outbox.c.topic.startswith(prefix, autoescape=True))
    gone = sa.update(outbox).where(stray, outbox.c.topic.not_in(sorted(keep)))
    connection.execute(gone.values(delivered_at=now, error="There is no such destination any more."))


def pending_count(connection: Connection, topics: Collection[str] | None = None) -> int:
    """Count the unsent messages, due or not."""
    query = sa.select(sa.func.count()).select_from(outbox).where(_unsent(topics))
    return int(connection.execute(query).scalar_one())


def forget_delivered(connection: Connection, before: datetime) -> int:
    """Delete messages that were sent before a moment; return how many."""
    return connection.execute(sa.delete(outbox).where(outbox.c.delivered_at < before)).rowcount


def _unsent(topics: Collection[str] | None) -> sa.ColumnElement[bool]:
    unsent = outbox.c.delivered_at.is_(None)
    return unsent if topics is None else sa.and_(unsent, outbox.c.topic.in_(sorted(topics)))
