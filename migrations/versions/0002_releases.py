"""Releases, what is live, and sign-offs.

Revision: 0002, after: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prompts_admin.store.database.triggers import refuse_changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.String(130).with_variant(sa.String(130, collation="C"), "postgresql")
SLUG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
EMAIL = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
MOMENT = sa.String(27)
JSON = sa.Text()

TABLES = (
    "releases",
    "entries",
    "release_items",
    "release_states",
    "release_item_states",
    "release_changes",
    "release_events",
    "signoffs",
    "marks",
)
APPEND_ONLY = {
    "releases": ("number",),
    "release_items": ("release", "stage", "key"),
    "release_changes": ("release", "stage", "key"),
    "release_events": ("id",),
    "signoffs": ("id",),
    "marks": ("id",),
}


def upgrade() -> None:
    """Make the tables, and the triggers that refuse changes."""
    _releases()
    _entries()
    _release_items()
    _release_states()
    _release_item_states()
    _release_changes()
    _release_events()
    _signoffs()
    _marks()
    for table, key in APPEND_ONLY.items():
        refuse_changes(op.get_bind(), table, key=key)


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("feature", SLUG),
        sa.Column("stage", sa.String(8)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", EMAIL, nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("apply", sa.String(13), nullable=False),
        sa.Column("apply_at", MOMENT),
        sa.Column("break_glass", sa.Text()),
        sa.Column("again_of", sa.Integer()),
        sa.Column("undo_of", sa.Integer()),
        sa.Column("acknowledge", JSON, nullable=False),
        sa.Column("basis", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_releases"),
        sa.CheckConstraint(
            "kind IN ('initial', 'promotion', 'rollback', 'undo', 'restore')", name=op.f("ck_releases_kind")
        ),
        sa.CheckConstraint("apply IN ('when_approved', 'manual', 'at')", name=op.f("ck_releases_apply")),
    )
    op.create_index("ix_releases_feature", "releases", ["feature"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("key", KEY, nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("settled", sa.Integer()),
        sa.Column("settled_release", sa.Integer()),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", EMAIL),
        sa.Column("candidate", sa.Integer()),
        sa.Column("percentage", sa.Integer(), nullable=False),
        sa.Column("candidate_release", sa.Integer()),
        sa.Column("candidate_at", MOMENT),
        sa.Column("candidate_by", EMAIL),
        sa.PrimaryKeyConstraint("key", "stage", name="pk_entries"),
        sa.ForeignKeyConstraint(["key"], ["artifacts.key"], name="fk_entries_key"),
        sa.CheckConstraint(
            "(candidate IS NULL AND percentage = 0) "
            "OR (candidate IS NOT NULL AND percentage BETWEEN 1 AND 99999)",
            name=op.f("ck_entries_share"),
        ),
        sa.CheckConstraint("stage IN ('internal', 'beta', 'full')", name=op.f("ck_entries_stage")),
    )


def _release_items() -> None:
    op.create_table(
        "release_items",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("from_settled", sa.Integer()),
        sa.Column("from_candidate", sa.Integer()),
        sa.Column("from_percentage", sa.Integer(), nullable=False),
        sa.Column("to_version", sa.Integer()),
        sa.Column("percentage", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(71)),
        sa.Column("settled_digest", sa.String(71)),
        sa.PrimaryKeyConstraint("release", "stage", "key", name="pk_release_items"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_release_items_release"),
        sa.CheckConstraint("percentage BETWEEN 0 AND 100000", name=op.f("ck_release_items_percentage")),
    )
    op.create_index("ix_release_items_key", "release_items", ["key", "release"])


def _release_states() -> None:
    op.create_table(
        "release_states",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", EMAIL, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("live_at", MOMENT),
        sa.Column("revision", sa.Integer()),
        sa.PrimaryKeyConstraint("release", name="pk_release_states"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_release_states_release"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'live', 'refused', 'withdrawn',"
            " 'stale', 'rolled_back', 'superseded')",
            name=op.f("ck_release_states_state"),
        ),
    )
    op.create_index("ix_release_states_state", "release_states", ["state"])


def _release_item_states() -> None:
    op.create_table(
        "release_item_states",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("ended_by", sa.Integer()),
        sa.PrimaryKeyConstraint("release", "stage", "key", name="pk_release_item_states"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_release_item_states_release"),
        sa.CheckConstraint(
            "state IN ('current', 'superseded', 'rolled_back')", name=op.f("ck_release_item_states_state")
        ),
    )
    op.create_index("ix_release_item_states_ended_by", "release_item_states", ["ended_by"])
    op.create_index("ix_release_item_states_place", "release_item_states", ["key", "stage"])


def _release_changes() -> None:
    op.create_table(
        "release_changes",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", EMAIL, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("before_settled", sa.Integer()),
        sa.Column("before_candidate", sa.Integer()),
        sa.Column("before_percentage", sa.Integer(), nullable=False),
        sa.Column("after_settled", sa.Integer()),
        sa.Column("after_candidate", sa.Integer()),
        sa.Column("after_percentage", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("release", "stage", "key", name="pk_release_changes"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_release_changes_release"),
    )
    op.create_index("ix_release_changes_place", "release_changes", ["key", "stage", "revision"])
    op.create_index("ix_release_changes_revision", "release_changes", ["revision"])


def _release_events() -> None:
    op.create_table(
        "release_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", EMAIL, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_events"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_release_events_release"),
    )
    op.create_index("ix_release_events_release", "release_events", ["release"])


def _signoffs() -> None:
    op.create_table(
        "signoffs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("email", EMAIL, nullable=False),
        sa.Column("role", SLUG, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("subjects", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signoffs"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_signoffs_release"),
        sa.CheckConstraint("verdict IN ('approve', 'refuse', 'take_back')", name=op.f("ck_signoffs_verdict")),
    )
    op.create_index("ix_signoffs_release", "signoffs", ["release"])


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marks"),
        sa.ForeignKeyConstraint(["release"], ["releases.number"], name="fk_marks_release"),
    )
    op.create_index("ix_marks_release", "marks", ["release"])
    op.create_index("ix_marks_subject", "marks", ["key", "digest", "id"])
