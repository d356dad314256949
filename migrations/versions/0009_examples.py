"""Answers of models that were kept as examples of a version; whoever hides one leaves a row of its own.

Revision: 0009, after: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prompts_admin.store.database.triggers import refuse_changes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (("examples", ("id",)), ("examples_hidden", ("id",)))


def _bytewise(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make both tables, and the triggers that refuse changes."""
    op.create_table(
        "examples",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", _bytewise(130), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", _bytewise(254), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key", "number"], ["versions.key", "versions.number"], name="fk_examples_key_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_examples"),
    )
    op.create_index("ix_examples_key_number", "examples", ["key", "number"])
    op.create_table(
        "examples_hidden",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("by", _bytewise(254), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["examples.id"], name="fk_examples_hidden_id"),
        sa.PrimaryKeyConstraint("id", name="pk_examples_hidden"),
    )
    for table, key in TABLES:
        refuse_changes(op.get_bind(), table, key=key)


def downgrade() -> None:
    """Take them back; a restore does this before it makes the store anew, nothing else does."""
    for table, _ in reversed(TABLES):
        op.drop_table(table)
