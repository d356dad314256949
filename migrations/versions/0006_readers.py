"""Readers as each server process heard them, for servers of several processes.

Revision: 0006, after: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what it holds is forgotten after minutes."""
    op.create_table(
        "readers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("process", sa.String(36), nullable=False),
        sa.Column("revision", sa.BigInteger()),
        sa.Column("sdk", sa.String(64), nullable=False),
        sa.Column("host", sa.String(64), nullable=False),
        sa.Column("every", sa.Float(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("asking", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_readers"),
    )
    op.create_index("ix_readers_seen", "readers", ["seen"])


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    op.drop_table("readers")
