"""The words of every version, for search; made from what the version holds, never read for anything else."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Text

from prompts_admin.store.tables.base import KEY, metadata

# The database's own index over `words` is made by migration 0008: FTS5 on SQLite where it has it, else
# nothing; GIN over a vector of the words on PostgreSQL.
search_words = sa.Table(
    "search_words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", KEY, nullable=False),
    Column("number", Integer, nullable=False),
    Column("words", Text, nullable=False),
    sa.ForeignKeyConstraint(["key", "number"], ["versions.key", "versions.number"]),
    sa.UniqueConstraint("key", "number"),
)
OWN_INDEX = "search_index"
"""What the migration calls the index, and on SQLite its tables begin with."""
