"""Why something was rolled back: as it was said with the rollback, or by the same person in the discussion after it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.tables import release_events, releases


def note() -> sa.ColumnElement[str]:
    """Return what a release says of itself; a query selects from `releases`."""
    said = release_events.c
    first = sa.select(said.text).where(
        said.release == releases.c.number, said.event == "comment", said.by == releases.c.proposed_by
    )
    later = first.order_by(said.id).limit(1).scalar_subquery()
    is_silent = sa.and_(releases.c.kind == "rollback", releases.c.note == "")
    return sa.case((is_silent, sa.func.coalesce(later, "")), else_=releases.c.note)


def notes_of(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Return the same for releases that said nothing, by number."""
    query = sa.select(releases.c.number, note().label("note")).where(releases.c.number.in_(numbers))
    return {row.number: row.note for row in connection.execute(query)} if numbers else {}
