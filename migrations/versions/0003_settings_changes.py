"""Settings changes and their sign-offs.

Revision: 0003, after: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prompts_admin.store.database.triggers import refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SLUG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
EMAIL = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
MOMENT = sa.String(27)
JSON = sa.Text()

TABLES = ("settings_changes", "settings_states", "settings_signoffs")
APPEND_ONLY = {"settings_changes": ("number",), "settings_signoffs": ("id",)}


def upgrade() -> None:
    """Make the tables, and the triggers that refuse changes."""
    _settings_changes()
    _settings_states()
    _settings_signoffs()
    for table, key in APPEND_ONLY.items():
        refuse_changes(op.get_bind(), table, key=key)


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _settings_changes() -> None:
    op.create_table(
        "settings_changes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", SLUG, nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", EMAIL, nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("undo_of", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_settings_changes"),
    )
    op.create_index("ix_settings_changes_scope", "settings_changes", ["scope"])


def _settings_states() -> None:
    op.create_table(
        "settings_states",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", EMAIL, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_version", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_settings_states"),
        sa.ForeignKeyConstraint(["number"], ["settings_changes.number"], name="fk_settings_states_number"),
        sa.CheckConstraint(
            "state IN ('proposed', 'applied', 'refused', 'withdrawn', 'stale', 'undone')",
            name=op.f("ck_settings_states_state"),
        ),
    )
    op.create_index("ix_settings_states_state", "settings_states", ["state"])


def _settings_signoffs() -> None:
    op.create_table(
        "settings_signoffs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("email", EMAIL, nullable=False),
        sa.Column("role", SLUG, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_signoffs"),
        sa.ForeignKeyConstraint(["number"], ["settings_changes.number"], name="fk_settings_signoffs_number"),
        sa.CheckConstraint(
            "verdict IN ('approve', 'refuse', 'take_back')", name=op.f("ck_settings_signoffs_verdict")
        ),
    )
    op.create_index("ix_settings_signoffs_number", "settings_signoffs", ["number"])
