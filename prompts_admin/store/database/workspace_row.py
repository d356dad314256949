"""The workspace row: the one row that every change reads first and writes last."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.tables import workspace

CHANNEL = "prompts_admin"
"""The PostgreSQL channel that hears of every commit; the payload is the revision."""


@dataclass(frozen=True)
class WorkspaceRow:
    """The counters that every change moves on, and the end of the audit chain."""

    epoch: str
    revision: int
    last_release: int
    last_settings_change: int
    document_version: int
    demo: bool
    created_at: datetime
    owner: str | None
    audit_hash: str
    audit_seq: int


_WORKSPACE = sa.select(*(workspace.c[field.name] for field in fields(WorkspaceRow)))
_HEAD, _LOCKED = Prepared(_WORKSPACE), Prepared(_WORKSPACE.with_for_update())
_UPDATE = Prepared(sa.update(workspace))
_TELL = Prepared(sa.select(sa.func.pg_notify(CHANNEL, sa.bindparam("revision", type_=sa.Text))))


def load_head(connection: Connection, *, lock: bool = False) -> WorkspaceRow:
    """Read the workspace row; `lock` makes other writers wait until this transaction ends (PostgreSQL)."""
    (row,) = (_LOCKED if lock else _HEAD).rows(connection)
    return WorkspaceRow(*row)


def save_head(connection: Connection, loaded: WorkspaceRow, head: WorkspaceRow) -> None:
    """Write the fields that differ from what was loaded, and tell the listeners."""
    changed = {name: value for name, value in vars(head).items() if value != getattr(loaded, name)}
    if changed:
        _UPDATE.run(connection, changed)
    tell_listeners(connection, head.revision)


def try_to_write(connection: Connection) -> None:
    """Write the workspace row as it is: for a caller who wants to know whether that works, and rolls back."""
    connection.execute(sa.update(workspace).values(revision=workspace.c.revision))


def tell_listeners(connection: Connection, revision: int) -> None:
    """Send a message on PostgreSQL, when, and only when, this transaction commits."""
    if connection.dialect.name == "postgresql":
        _TELL.run(connection, {"revision": str(revision)})
