"""People, features, artifacts and versions.

Revision: 0001, after: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prompts_admin.store.database.triggers import refuse_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.String(130).with_variant(sa.String(130, collation="C"), "postgresql")
SLUG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
EMAIL = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
MOMENT = sa.String(27)
JSON = sa.Text()

TABLES = (
    "users",
    "grants",
    "sessions",
    "invites",
    "tokens",
    "features",
    "setting_documents",
    "artifacts",
    "versions",
    "contains",
)
APPEND_ONLY = {
    "setting_documents": ("scope", "version"),
    "versions": ("key", "number"),
    "contains": ("key", "number", "inner_key", "inner_number"),
}


def upgrade() -> None:
    """Make the tables, and the triggers that refuse changes."""
    _users()
    _grants()
    _sessions()
    _invites()
    _tokens()
    _features()
    _setting_documents()
    _artifacts()
    _versions()
    _contains()
    for table, key in APPEND_ONLY.items():
        refuse_changes(op.get_bind(), table, key=key)


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("email", EMAIL, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", EMAIL, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.PrimaryKeyConstraint("email", name="pk_users"),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("email", EMAIL, nullable=False),
        sa.Column("role", SLUG, nullable=False),
        sa.Column("feature", SLUG, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("granted_by", EMAIL, nullable=False),
        sa.PrimaryKeyConstraint("email", "role", "feature", name="pk_grants"),
        sa.ForeignKeyConstraint(["email"], ["users.email"], name="fk_grants_email"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("email", EMAIL, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["email"], ["users.email"], name="fk_sessions_email"),
    )
    op.create_index("ix_sessions_email", "sessions", ["email"])


def _invites() -> None:
    op.create_table(
        "invites",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("email", EMAIL),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_invites"),
        sa.CheckConstraint("purpose IN ('setup', 'invite', 'reset')", name=op.f("ck_invites_purpose")),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("features", JSON),
        sa.Column("email", EMAIL),
        sa.Column("clearance", sa.String(12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", EMAIL, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.ForeignKeyConstraint(["email"], ["users.email"], name="fk_tokens_email"),
        sa.CheckConstraint(
            "role IN ('viewer', 'editor', 'releaser', 'admin', 'serve')", name=op.f("ck_tokens_role")
        ),
    )


def _features() -> None:
    op.create_table(
        "features",
        sa.Column("key", SLUG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("dri", EMAIL),
        sa.Column("on_call", EMAIL),
        sa.Column("runbook", sa.Text()),
        sa.Column("document_version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", EMAIL, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_features"),
    )


def _setting_documents() -> None:
    op.create_table(
        "setting_documents",
        sa.Column("scope", SLUG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("change", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", EMAIL, nullable=False),
        sa.PrimaryKeyConstraint("scope", "version", name="pk_setting_documents"),
    )


def _artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("key", KEY, nullable=False),
        sa.Column("feature", SLUG, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", EMAIL, nullable=False),
        sa.Column("archived_at", MOMENT),
        sa.Column("archived_by", EMAIL),
        sa.PrimaryKeyConstraint("key", name="pk_artifacts"),
        sa.ForeignKeyConstraint(["feature"], ["features.key"], name="fk_artifacts_feature"),
        sa.CheckConstraint("kind IN ('prompt', 'model', 'snippet')", name=op.f("ck_artifacts_kind")),
    )
    op.create_index("ix_artifacts_feature", "artifacts", ["feature"])


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("key", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("parent", sa.Integer()),
        sa.Column("author", EMAIL, nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("acknowledged", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", "number", name="pk_versions"),
        sa.ForeignKeyConstraint(["key"], ["artifacts.key"], name="fk_versions_key"),
        sa.CheckConstraint("number > 0", name=op.f("ck_versions_number")),
    )
    op.create_index("ix_versions_digest", "versions", ["key", "digest"])


def _contains() -> None:
    op.create_table(
        "contains",
        sa.Column("key", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("inner_key", KEY, nullable=False),
        sa.Column("inner_number", sa.Integer(), nullable=False),
        sa.Column("inner_digest", sa.String(71), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "number", "inner_key", "inner_number", name="pk_contains"),
        sa.ForeignKeyConstraint(
            ["inner_key", "inner_number"],
            ["versions.key", "versions.number"],
            name="fk_contains_inner_key_inner_number",
        ),
        sa.ForeignKeyConstraint(
            ["key", "number"], ["versions.key", "versions.number"], name="fk_contains_key_number"
        ),
    )
    op.create_index("ix_contains_inner", "contains", ["inner_key", "inner_number"])
