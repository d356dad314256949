"""The workspace row that serialises writers, the audit chain, the outbox and idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, Text

from prompts_admin.store.tables.base import EMAIL, SLUG, Json, Utc, metadata

# One row. Every write transaction locks it first, so numbers have no gaps and the audit chain one end.
workspace = sa.Table(
    "workspace",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", sa.String(36), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("last_release", Integer, nullable=False),
    Column("last_settings_change", Integer, nullable=False),
    Column("document_version", Integer, nullable=False),
    Column("demo", sa.Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("owner", EMAIL),
    Column("audit_hash", sa.String(64), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

audit = sa.Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor", EMAIL, nullable=False),
    Column("via", Text, nullable=False),
    Column("action", sa.String(40), nullable=False),
    Column("feature", SLUG),
    Column("subject", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("previous", sa.String(64), nullable=False),
    Column("hash", sa.String(64), nullable=False),
)
sa.Index("ix_audit_feature", audit.c.feature, audit.c.seq)
sa.Index("ix_audit_subject", audit.c.subject, audit.c.seq)
sa.Index("ix_audit_actor", audit.c.actor, audit.c.seq)

outbox = sa.Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("topic", sa.String(40), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("delivered_at", Utc),
    Column("error", Text),
    # Receivers recognise a message by its id: SQLite must not give that of a deleted row again.
    sqlite_autoincrement=True,
)
# In the databases it holds unsent messages alone, as the migration makes it: PostgreSQL's word for that would load
# the whole dialect here, on SQLite too.
sa.Index("ix_outbox_due", outbox.c.due_at, outbox.c.id)

idempotency = sa.Table(
    "idempotency",
    metadata,
    Column("actor", EMAIL, primary_key=True),
    Column("key", sa.String(200), primary_key=True),
    Column("request", sa.String(64), nullable=False),
    Column("response", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
)
