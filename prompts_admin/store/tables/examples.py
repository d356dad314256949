"""Answers of models that were kept as examples of a version; rows never change, hiding one is a row too."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Text

from prompts_admin.store.tables.base import EMAIL, KEY, Json, Utc, metadata

examples = sa.Table(
    "examples",
    metadata,
    Column("id", sa.String(32), primary_key=True),
    Column("key", KEY, nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", EMAIL, nullable=False),
    Column("at", Utc, nullable=False),
    Column("model", Text, nullable=False),
    Column("values", Json, nullable=False),
    Column("answer", Text, nullable=False),
    sa.ForeignKeyConstraint(["key", "number"], ["versions.key", "versions.number"]),
)
sa.Index("ix_examples_key_number", examples.c.key, examples.c.number)

examples_hidden = sa.Table(
    "examples_hidden",
    metadata,
    Column("id", sa.String(32), sa.ForeignKey("examples.id"), primary_key=True),
    Column("by", EMAIL, nullable=False),
    Column("at", Utc, nullable=False),
)
