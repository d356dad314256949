"""What server processes tell each other of their readers; nothing here outlives a few minutes."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Float, Integer, Text

from prompts_admin.store.tables.base import metadata

# Times are seconds since 1970. A row of a process itself has its id as `id` and counts who only asks; that of a
# reader has the digest of token and reader as `id`, and the ids of both before the name in `token`.
readers = sa.Table(
    "readers",
    metadata,
    Column("id", sa.String(64), primary_key=True),
    Column("process", sa.String(36), nullable=False),
    Column("revision", BigInteger),
    Column("sdk", sa.String(64), nullable=False),
    Column("host", sa.String(64), nullable=False),
    Column("every", Float, nullable=False),
    Column("token", Text, nullable=False),
    Column("seen", Float, nullable=False),
    Column("since", Float, nullable=False),
    Column("asking", Integer, nullable=False),
)
sa.Index("ix_readers_seen", readers.c.seen)
