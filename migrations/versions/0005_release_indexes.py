"""Indexes that keep a release as fast in a large workspace as in a small one.

Revision: 0005, after: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLACE = ["key", "stage", "revision"]


def upgrade() -> None:
    """Let the states of a release's items, and what was settled at a place, be read from indexes alone."""
    op.create_index("ix_release_item_states_shown", "release_item_states", ["release", "state"])
    op.drop_index("ix_release_changes_place", "release_changes")
    op.create_index("ix_release_changes_place", "release_changes", [*PLACE, "after_settled"])
    op.create_index("ix_audit_actor", "audit", ["actor", "seq"])


def downgrade() -> None:
    """Take it back; tests use this, a running store does not."""
    op.drop_index("ix_audit_actor", "audit")
    op.drop_index("ix_release_changes_place", "release_changes")
    op.create_index("ix_release_changes_place", "release_changes", PLACE)
    op.drop_index("ix_release_item_states_shown", "release_item_states")
