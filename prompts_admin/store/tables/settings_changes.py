"""Proposed changes of who is served and who must sign."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Text

from prompts_admin.store.tables.base import EMAIL, SLUG, Json, Utc, metadata

settings_changes = sa.Table(
    "settings_changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("scope", SLUG, nullable=False, index=True),
    Column("document", Json, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposed_by", EMAIL, nullable=False),
    Column("via", Text, nullable=False),
    Column("proposed_at", Utc, nullable=False),
    Column("undo_of", Integer),
)

settings_states = sa.Table(
    "settings_states",
    metadata,
    Column("number", Integer, sa.ForeignKey("settings_changes.number"), primary_key=True),
    Column("state", sa.String(10), nullable=False, index=True),
    Column("changed_at", Utc, nullable=False),
    Column("changed_by", EMAIL, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_version", Integer),
    sa.CheckConstraint(
        "state IN ('proposed', 'applied', 'refused', 'withdrawn', 'stale', 'undone')", name="state"
    ),
)

settings_signoffs = sa.Table(
    "settings_signoffs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", Integer, sa.ForeignKey("settings_changes.number"), nullable=False, index=True),
    Column("email", EMAIL, nullable=False),
    Column("role", SLUG, nullable=False),
    Column("verdict", sa.String(10), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Utc, nullable=False),
    sa.CheckConstraint("verdict IN ('approve', 'refuse', 'take_back')", name="verdict"),
)
