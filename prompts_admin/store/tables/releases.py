"""What is live now, and the releases that made it so."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Text

from prompts_admin.store.tables.base import DIGEST, EMAIL, KEY, SLUG, Json, Utc, metadata

STAGE = sa.String(8)
NUMBER = Integer

# A projection of release_changes: the last `after` of each (stage, key). Empty entries have no row.
entries = sa.Table(
    "entries",
    metadata,
    Column("key", KEY, sa.ForeignKey("artifacts.key"), primary_key=True),
    Column("stage", STAGE, primary_key=True),
    Column("settled", Integer),
    Column("settled_release", Integer),
    Column("settled_at", Utc),
    Column("settled_by", EMAIL),
    Column("candidate", Integer),
    Column("percentage", Integer, nullable=False),
    Column("candidate_release", Integer),
    Column("candidate_at", Utc),
    Column("candidate_by", EMAIL),
    sa.CheckConstraint("stage IN ('internal', 'beta', 'full')", name="stage"),
    sa.CheckConstraint(
        "(candidate IS NULL AND percentage = 0)"
        " OR (candidate IS NOT NULL AND percentage BETWEEN 1 AND 99999)",
        name="share",
    ),
)

releases = sa.Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", sa.String(12), nullable=False),
    Column("feature", SLUG, index=True),
    Column("stage", STAGE),
    Column("note", Text, nullable=False),
    Column("proposed_by", EMAIL, nullable=False),
    Column("via", Text, nullable=False),
    Column("proposed_at", Utc, nullable=False),
    Column("apply", sa.String(13), nullable=False),
    Column("apply_at", Utc),
    Column("break_glass", Text),
    Column("again_of", Integer),
    Column("undo_of", Integer),
    Column("acknowledge", Json, nullable=False),
    Column("basis", Json, nullable=False),
    sa.CheckConstraint("kind IN ('initial', 'promotion', 'rollback', 'undo', 'restore')", name="kind"),
    sa.CheckConstraint("apply IN ('when_approved', 'manual', 'at')", name="apply"),
)

# What was asked for. to_version NULL means switched off; percentage 100000 means settled.
release_items = sa.Table(
    "release_items",
    metadata,
    Column("release", Integer, sa.ForeignKey("releases.number"), primary_key=True),
    Column("stage", STAGE, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("from_settled", Integer),
    Column("from_candidate", Integer),
    Column("from_percentage", Integer, nullable=False),
    Column("to_version", Integer),
    Column("percentage", Integer, nullable=False),
    Column("up_to", Integer, nullable=False),
    Column("digest", DIGEST),
    Column("settled_digest", DIGEST),
    sa.CheckConstraint("percentage BETWEEN 0 AND 100000", name="percentage"),
)
sa.Index("ix_release_items_key", release_items.c.key, release_items.c.release)

release_states = sa.Table(
    "release_states",
    metadata,
    Column("release", Integer, sa.ForeignKey("releases.number"), primary_key=True),
    Column("state", sa.String(12), nullable=False, index=True),
    Column("changed_at", Utc, nullable=False),
    Column("changed_by", EMAIL, nullable=False),
    Column("reason", Text, nullable=False),
    Column("live_at", Utc),
    Column("revision", Integer),
    sa.CheckConstraint(
        "state IN ('proposed', 'approved', 'live', 'refused', 'withdrawn', 'stale',"
        " 'rolled_back', 'superseded')",
        name="state",
    ),
)

# Per item after going live: current, superseded or rolled_back, and the release that ended it.
release_item_states = sa.Table(
    "release_item_states",
    metadata,
    Column("release", Integer, sa.ForeignKey("releases.number"), primary_key=True),
    Column("stage", STAGE, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("state", sa.String(12), nullable=False),
    Column("ended_by", Integer),
    sa.CheckConstraint("state IN ('current', 'superseded', 'rolled_back')", name="state"),
)
sa.Index("ix_release_item_states_place", release_item_states.c.key, release_item_states.c.stage)
sa.Index("ix_release_item_states_ended_by", release_item_states.c.ended_by)
# What a release shows follows from whether it has an item in some state, and the first one has thousands.
sa.Index("ix_release_item_states_shown", release_item_states.c.release, release_item_states.c.state)

# The history of every stage and nothing else: what stood before and after each release.
release_changes = sa.Table(
    "release_changes",
    metadata,
    Column("release", Integer, sa.ForeignKey("releases.number"), primary_key=True),
    Column("stage", STAGE, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("by", EMAIL, nullable=False),
    Column("kind", sa.String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("before_settled", Integer),
    Column("before_candidate", Integer),
    Column("before_percentage", Integer, nullable=False),
    Column("after_settled", Integer),
    Column("after_candidate", Integer),
    Column("after_percentage", Integer, nullable=False),
)
sa.Index(
    "ix_release_changes_place",
    release_changes.c.key,
    release_changes.c.stage,
    release_changes.c.revision,
    # Not for the order: what was settled at a place is found in the index alone.
    release_changes.c.after_settled,
)
sa.Index("ix_release_changes_revision", release_changes.c.revision)

release_events = sa.Table(
    "release_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("release", Integer, sa.ForeignKey("releases.number"), nullable=False, index=True),
    Column("event", sa.String(20), nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", EMAIL, nullable=False),
    Column("text", Text, nullable=False),
)

# verdict take_back withdraws the giver's earlier approve; the last row of a person counts.
signoffs = sa.Table(
    "signoffs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("release", Integer, sa.ForeignKey("releases.number"), nullable=False, index=True),
    Column("email", EMAIL, nullable=False),
    Column("role", SLUG, nullable=False),
    Column("verdict", sa.String(10), nullable=False),
    Column("subjects", Json, nullable=False),
    Column("note", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("at", Utc, nullable=False),
    sa.CheckConstraint("verdict IN ('approve', 'refuse', 'take_back')", name="verdict"),
)

# The last row of a (key, digest) decides whether it is marked "was rolled back".
marks = sa.Table(
    "marks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", KEY, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("marked", sa.Boolean, nullable=False),
    Column("release", Integer, sa.ForeignKey("releases.number"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
)
sa.Index("ix_marks_subject", marks.c.key, marks.c.digest, marks.c.id)
