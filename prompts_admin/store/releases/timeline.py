"""Rows for time lines: what releases did at places since a moment, and what stood there then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.records import HistoryLine, Place
from prompts_admin.store.database.filters import reached
from prompts_admin.store.database.statements import any_of
from prompts_admin.store.releases.history import LINE, happened
from prompts_admin.store.tables import artifacts, release_changes

_ORDERED = (*(release_changes.c[name] for name in ("revision", "stage", "key")), *LINE)
_OF_PLACES = (release_changes.c.key.in_(any_of("keys")), release_changes.c.stage.in_(any_of("stages")))


def lines_since(
    connection: Connection, keys: Collection[str], stages: Collection[str], *, since: datetime | None
) -> dict[Place, tuple[HistoryLine, ...]]:
    """Return what happened at each place since a moment, and the last line before it, oldest first.

    None as the moment returns everything.
    """
    lines = sa.select(*_ORDERED).where(*_OF_PLACES)
    if since is None:
        query: sa.Select[Any] | sa.CompoundSelect[Any] = lines
    else:
        query = sa.union(lines.where(release_changes.c.at >= since), _last_before(since))
    query = query.order_by("revision")
    found: dict[Place, list[HistoryLine]] = {}
    for _, stage, key, *line in connection.execute(query, {"keys": list(keys), "stages": list(stages)}):
        found.setdefault((stage, key), []).append(happened(*line))
    return {place: tuple(lines) for place, lines in found.items()}


def released_page(
    connection: Connection,
    feature: str,
    stage: str,
    *,
    over: Collection[str] = (),
    after: str = "",
    limit: int,
) -> list[str]:
    """Return keys of a feature that a release ever touched on a stage, archived ones too, in order."""
    table = release_changes
    touched = sa.exists().where(table.c.key == artifacts.c.key, table.c.stage == stage)
    query = sa.select(artifacts.c.key).where(artifacts.c.feature == feature, artifacts.c.key > after, touched)
    query = query.where(reached(over, artifacts.c.key, artifacts.c.latest))
    return list(connection.scalars(query.order_by(artifacts.c.key).limit(limit)))


def _last_before(since: datetime) -> sa.Select[Any]:
    table = release_changes
    place = (table.c.stage, table.c.key)
    newest = sa.select(*place, sa.func.max(table.c.revision).label("revision"))
    last = newest.where(*_OF_PLACES, table.c.at < since).group_by(*place).subquery()
    same = sa.and_(*(table.c[name] == last.c[name] for name in ("stage", "key", "revision")))
    return sa.select(*_ORDERED).join(last, same)
