"""What people are writing before it is a version, and who is writing just now; rows come and go."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, Text

from prompts_admin.store.tables.base import EMAIL, KEY, Utc, metadata

# `key` is that of the artifact, or "new" for one that was never saved; `name` the key that was typed for it.
# `counter` grows with every change, so that a tab notices what another one wrote.
drafts = sa.Table(
    "drafts",
    metadata,
    Column("email", EMAIL, sa.ForeignKey("users.email"), primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("base", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("typed", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("tab", sa.String(32), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("dropped_at", Utc),
)
sa.Index("ix_drafts_changed_at", drafts.c.changed_at)

editors = sa.Table(
    "editors",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("email", EMAIL, sa.ForeignKey("users.email"), primary_key=True),
    Column("since", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
)
