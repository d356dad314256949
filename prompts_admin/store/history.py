"""Rows of what every release did on the stages, and what became of its items."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases import Change, Happened, Item, Place
from prompts_admin.domain.stages import Entry
from prompts_admin.store.tables import artifacts, release_changes, release_item_states, release_items


@dataclass(frozen=True)
class ItemState:
    """What became of one item of a live release, and which release ended it."""

    release: int
    stage: str
    key: str
    state: str
    ended_by: int | None = None


def insert_changes(
    connection: Connection,
    changes: Sequence[Change],
    *,
    release: int,
    kind: str,
    revision: int,
    at: datetime,
    by: str,
) -> None:
    """Write history: what stood at each place before and after a release."""
    common = {"release": release, "kind": kind, "revision": revision, "at": at, "by": by}
    rows = [{**common, "stage": c.stage, "key": c.key, **_pair(c.before, c.after)} for c in changes]
    if rows:
        connection.execute(release_changes.insert(), rows)


def changes_of(connection: Connection, release: int) -> tuple[Change, ...]:
    """Return what a release did."""
    query = sa.select(release_changes).where(release_changes.c.release == release)
    rows = connection.execute(query.order_by(release_changes.c.key, release_changes.c.stage))
    return tuple(Change(row.stage, row.key, *_entries(row)) for row in rows)


def history_of(
    connection: Connection, keys: Collection[str], *, until: datetime | None = None
) -> dict[Place, tuple[Happened, ...]]:
    """Return everything that happened at each place of `keys`, oldest first."""
    query = sa.select(release_changes).where(release_changes.c.key.in_(keys))
    return _by_place(connection, query, until)


def history_of_place(connection: Connection, place: Place) -> tuple[Happened, ...]:
    """Return everything that happened at one place, oldest first."""
    stage, key = place
    query = sa.select(release_changes).where(release_changes.c.key == key, release_changes.c.stage == stage)
    return _by_place(connection, query, None).get(place, ())


def versions_changed_since(connection: Connection, revision: int) -> dict[str, set[int]]:
    """Return the keys that releases changed after a revision, with every version that came or went."""
    table = release_changes
    columns = (
        table.c.before_settled,
        table.c.before_candidate,
        table.c.after_settled,
        table.c.after_candidate,
    )
    found: dict[str, set[int]] = {}
    for key, *numbers in connection.execute(
        sa.select(table.c.key, *columns).where(table.c.revision > revision)
    ):
        found.setdefault(key, set()).update(number for number in numbers if number is not None)
    return found


def released_keys(connection: Connection) -> frozenset[str]:
    """Return the keys that were ever released and are not archived."""
    query = sa.select(release_changes.c.key).join(artifacts, artifacts.c.key == release_changes.c.key)
    return frozenset(connection.scalars(query.where(artifacts.c.archived_at.is_(None)).distinct()))


def last_lines(connection: Connection, *, at: datetime, feature: str | None = None) -> dict[Place, Entry]:
    """Return what stood at each place at a moment, of one feature or of everything."""
    newest = sa.select(
        release_changes.c.stage,
        release_changes.c.key,
        sa.func.max(release_changes.c.revision).label("revision"),
    ).where(release_changes.c.at <= at)
    if feature is not None:
        newest = newest.where(release_changes.c.key.startswith(f"{feature}/", autoescape=True))
    last = newest.group_by(release_changes.c.stage, release_changes.c.key).subquery()
    query = sa.select(release_changes).join(
        last,
        (release_changes.c.stage == last.c.stage)
        & (release_changes.c.key == last.c.key)
        & (release_changes.c.revision == last.c.revision),
    )
    return {(row.stage, row.key): _entries(row)[1] for row in connection.execute(query)}


def item_states_at(connection: Connection, keys: Collection[str]) -> tuple[ItemState, ...]:
    """Return the items of live releases that asked for something of `keys` and may still change state."""
    table = release_item_states
    query = sa.select(table).where(table.c.key.in_(keys), table.c.state == "current")
    return tuple(ItemState(**row) for row in connection.execute(query).mappings())


def item_states_ended_by(connection: Connection, release: int) -> tuple[ItemState, ...]:
    """Return the items that a release ended."""
    query = sa.select(release_item_states).where(release_item_states.c.ended_by == release)
    return tuple(ItemState(**row) for row in connection.execute(query).mappings())


def item_states_of(connection: Connection, releases: Collection[int]) -> dict[int, tuple[ItemState, ...]]:
    """Return the states of the items of each release."""
    found: dict[int, list[ItemState]] = {number: [] for number in releases}
    query = sa.select(release_item_states).where(release_item_states.c.release.in_(releases))
    for row in connection.execute(query).mappings():
        found[row["release"]].append(ItemState(**row))
    return {number: tuple(states) for number, states in found.items()}


def items_at(connection: Connection, states: Collection[ItemState]) -> dict[tuple[int, Place], Item]:
    """Return what the items behind `states` asked for."""
    numbers = {state.release for state in states}
    query = sa.select(release_items).where(release_items.c.release.in_(numbers))
    return {
        (row.release, (row.stage, row.key)): Item(
            row.stage, row.key, row.to_version, row.percentage, row.up_to
        )
        for row in connection.execute(query)
    }


def placed_by(connection: Connection, states: Collection[ItemState]) -> dict[tuple[int, Place], Happened]:
    """Return the line of history that each of `states` wrote at its place."""
    numbers = {state.release for state in states}
    query = sa.select(release_changes).where(release_changes.c.release.in_(numbers))
    return {(row.release, (row.stage, row.key)): _happened(row) for row in connection.execute(query)}


def insert_item_states(connection: Connection, states: Sequence[ItemState]) -> None:
    """Add the items of a release that just went live."""
    if states:
        connection.execute(release_item_states.insert(), [vars(state) for state in states])


def set_item_states(connection: Connection, states: Sequence[ItemState]) -> None:
    """Write what became of items."""
    table = release_item_states
    for state in states:
        here = (
            (table.c.release == state.release) & (table.c.stage == state.stage) & (table.c.key == state.key)
        )
        connection.execute(table.update().where(here).values(state=state.state, ended_by=state.ended_by))


def _by_place(
    connection: Connection, query: sa.Select[Any], until: datetime | None
) -> dict[Place, tuple[Happened, ...]]:
    if until is not None:
        query = query.where(release_changes.c.at <= until)
    found: dict[Place, list[Happened]] = {}
    for row in connection.execute(query.order_by(release_changes.c.revision)):
        found.setdefault((row.stage, row.key), []).append(_happened(row))
    return {place: tuple(lines) for place, lines in found.items()}


def _happened(row: Any) -> Happened:
    return Happened(row.release, row.kind, row.at, row.by, *_entries(row))


def _entries(row: Any) -> tuple[Entry, Entry]:
    return (
        Entry(row.before_settled, row.before_candidate, row.before_percentage),
        Entry(row.after_settled, row.after_candidate, row.after_percentage),
    )


def _pair(before: Entry, after: Entry) -> dict[str, int | None]:
    return {
        "before_settled": before.settled,
        "before_candidate": before.candidate,
        "before_percentage": before.percentage,
        "after_settled": after.settled,
        "after_candidate": after.candidate,
        "after_percentage": after.percentage,
    }
