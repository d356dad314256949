"""Users, what they may do, their sessions, invitations and API tokens."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Text

from prompts_admin.store.tables.base import EMAIL, SLUG, Json, Utc, metadata

HASH = sa.String(64)

users = sa.Table(
    "users",
    metadata,
    Column("email", EMAIL, primary_key=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("created_at", Utc, nullable=False),
    Column("created_by", EMAIL, nullable=False),
    Column("disabled_at", Utc),
)

# Access roles (viewer, editor, releaser, admin) and stakeholder roles (product, legal, ...) alike;
# feature "*" means everywhere.
grants = sa.Table(
    "grants",
    metadata,
    Column("email", EMAIL, sa.ForeignKey("users.email"), primary_key=True),
    Column("role", SLUG, primary_key=True),
    Column("feature", SLUG, primary_key=True),
    Column("granted_at", Utc, nullable=False),
    Column("granted_by", EMAIL, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    Column("id_hash", HASH, primary_key=True),
    Column("email", EMAIL, sa.ForeignKey("users.email"), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("label", Text, nullable=False),
)

invites = sa.Table(
    "invites",
    metadata,
    Column("secret_hash", HASH, primary_key=True),
    Column("purpose", sa.String(10), nullable=False),
    Column("email", EMAIL),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    sa.CheckConstraint("purpose IN ('setup', 'invite', 'reset')", name="purpose"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    Column("id", sa.String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", HASH, nullable=False),
    Column("role", sa.String(10), nullable=False),
    Column("features", Json),
    Column("email", EMAIL, sa.ForeignKey("users.email")),
    Column("clearance", sa.String(12), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", EMAIL, nullable=False),
    Column("expires_at", Utc),
    Column("revoked_at", Utc),
    Column("used_at", Utc),
    sa.CheckConstraint("role IN ('viewer', 'editor', 'releaser', 'admin', 'serve')", name="role"),
)
