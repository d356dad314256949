"""The workspace row, audit chain, outbox and idempotency keys.

Revision: 0004, after: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prompts_admin.store.database.triggers import refuse_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SLUG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
EMAIL = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
MOMENT = sa.String(27)
JSON = sa.Text()

TABLES = ("workspace", "audit", "outbox", "idempotency")
APPEND_ONLY = {"audit": ("seq",)}


def upgrade() -> None:
    """Make the tables, and the triggers that refuse changes."""
    _workspace()
    _audit()
    _outbox()
    _idempotency()
    for table, key in APPEND_ONLY.items():
        refuse_changes(op.get_bind(), table, key=key)


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last_release", sa.Integer(), nullable=False),
        sa.Column("last_settings_change", sa.Integer(), nullable=False),
        sa.Column("document_version", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner", EMAIL),
        sa.Column("audit_hash", sa.String(64), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
        sa.CheckConstraint("id = 1", name=op.f("ck_workspace_one_row")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", EMAIL, nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("feature", SLUG),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_feature", "audit", ["feature", "seq"])
    op.create_index("ix_audit_subject", "audit", ["subject", "seq"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered_at", MOMENT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at", "id"],
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("actor", EMAIL, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("response", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_idempotency"),
    )
