"""What people are writing before it is a version, and who is writing just now.

Revision: 0007, after: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _bytewise(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make both tables; their rows are changed and deleted, unlike those of versions."""
    op.create_table(
        "drafts",
        sa.Column("email", _bytewise(254), nullable=False),
        sa.Column("key", _bytewise(130), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tab", sa.String(32), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("dropped_at", sa.String(27)),
        sa.ForeignKeyConstraint(["email"], ["users.email"], name="fk_drafts_email"),
        sa.PrimaryKeyConstraint("email", "key", name="pk_drafts"),
    )
    op.create_index("ix_drafts_changed_at", "drafts", ["changed_at"])
    op.create_table(
        "editors",
        sa.Column("key", _bytewise(130), nullable=False),
        sa.Column("email", _bytewise(254), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["email"], ["users.email"], name="fk_editors_email"),
        sa.PrimaryKeyConstraint("key", "email", name="pk_editors"),
    )


def downgrade() -> None:
    """Take them back; a restore does this before it makes the store anew, nothing else does."""
    op.drop_table("editors")
    op.drop_table("drafts")
