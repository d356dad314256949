"""Refused releases that nobody has answered: no later release asks for the same place."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.tables import release_items, release_states, releases


def unanswered(
    connection: Connection, *, since: datetime, by: str | None = None, key: str | None = None
) -> list[int]:
    """Return the releases that were refused since a moment, the last first: one's own, or those of an artifact."""
    asked, later = release_items.alias("asked"), release_items.alias("later")
    again = sa.and_(
        later.c.key == asked.c.key, later.c.stage == asked.c.stage, later.c.release > asked.c.release
    )
    answered = sa.select(asked.c.release).join(later, again).where(asked.c.release == releases.c.number)
    query = (
        sa.select(releases.c.number)
        .join(release_states, release_states.c.release == releases.c.number)
        .where(release_states.c.state == "refused", release_states.c.changed_at >= since)
        .where(~answered.exists())
        .order_by(releases.c.number.desc())
    )
    if by is not None:
        query = query.where(releases.c.proposed_by == by)
    if key is not None:
        named = sa.select(release_items.c.release).where(release_items.c.key == key)
        query = query.where(releases.c.number.in_(named))
    return list(connection.scalars(query))
