"""Features, their setting documents, artifacts and versions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Text

from prompts_admin.domain.content.kinds import KINDS
from prompts_admin.store.tables.base import DIGEST, EMAIL, KEY, SLUG, Json, Utc, metadata

features = sa.Table(
    "features",
    metadata,
    Column("key", SLUG, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("dri", EMAIL),
    Column("on_call", EMAIL),
    Column("runbook", Text),
    Column("document_version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", EMAIL, nullable=False),
)

# Scope is a feature's key, or "" for the workspace (its audiences). Feature documents hold
# {policy, classification, bucket_by}: what decides who is served and who must sign.
setting_documents = sa.Table(
    "setting_documents",
    metadata,
    Column("scope", SLUG, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Json, nullable=False),
    Column("change", Integer),
    Column("at", Utc, nullable=False),
    Column("by", EMAIL, nullable=False),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("feature", SLUG, sa.ForeignKey("features.key"), nullable=False, index=True),
    Column("kind", sa.String(10), nullable=False),
    Column("description", Text, nullable=False),
    Column("latest", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", EMAIL, nullable=False),
    Column("archived_at", Utc),
    Column("archived_by", EMAIL),
    sa.CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name="kind"),
)

versions = sa.Table(
    "versions",
    metadata,
    Column("key", KEY, sa.ForeignKey("artifacts.key"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", DIGEST, nullable=False),
    Column("parent", Integer),
    Column("author", EMAIL, nullable=False),
    Column("via", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("acknowledged", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
    sa.CheckConstraint("number > 0", name="number"),
)
sa.Index("ix_versions_digest", versions.c.key, versions.c.digest)

# Everything that a version contains by its pins, at any depth.
contains = sa.Table(
    "contains",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("inner_key", KEY, primary_key=True),
    Column("inner_number", Integer, primary_key=True),
    Column("inner_digest", DIGEST, nullable=False),
    Column("direct", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(["key", "number"], ["versions.key", "versions.number"]),
    sa.ForeignKeyConstraint(["inner_key", "inner_number"], ["versions.key", "versions.number"]),
)
sa.Index("ix_contains_inner", contains.c.inner_key, contains.c.inner_number)
