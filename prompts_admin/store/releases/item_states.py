"""Rows of what became of each item of a release that went live: current, superseded or rolled back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.records import Admittance, CurrentItem, Item, ItemState
from prompts_admin.domain.stages import Share, Stage
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of, columns_of
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.releases.history import LINE, happened
from prompts_admin.store.tables import release_changes, release_item_states, release_items, releases

_ITEM_STATE = columns_of(release_item_states, ItemState)
_ITEM_STATES_OF = Prepared(
    sa.select(*_ITEM_STATE).where(release_item_states.c.release.in_(any_of("releases")))
)
_ADD = Prepared(release_item_states.insert())
_SET_STATE = Prepared(
    release_item_states.update()
    .where(
        release_item_states.c.release == sa.bindparam("of_release"),
        release_item_states.c.stage == sa.bindparam("at_stage"),
        release_item_states.c.key == sa.bindparam("of_key"),
    )
    .values(state=sa.bindparam("new_state"), ended_by=sa.bindparam("ender"))
)


def _current() -> sa.Select[Any]:
    states, lines, items = release_item_states, release_changes, release_items

    def same(table: sa.Table) -> sa.ColumnElement[bool]:
        return sa.and_(*(table.c[name] == states.c[name] for name in ("release", "stage", "key")))

    asked = (items.c.to_version, items.c.percentage, items.c.up_to)
    return (
        sa.select(*_ITEM_STATE, *asked, *LINE)
        .join(lines, same(lines))
        .join(items, same(items))
        .where(states.c.key.in_(any_of("keys")), states.c.state == "current")
    )


_CURRENT = Prepared(_current())


def current_at(connection: Connection, keys: Collection[str]) -> tuple[CurrentItem, ...]:
    """Return the items of live releases that asked for something of `keys` and may still change state."""
    return tuple(_placed(*row) for row in _CURRENT.rows(connection, {"keys": list(keys)}))


def item_states_ended_by(connection: Connection, release: int) -> tuple[ItemState, ...]:
    """Return the items that a release ended."""
    query = sa.select(*_ITEM_STATE).where(release_item_states.c.ended_by == release)
    return tuple(ItemState(*row) for row in connection.execute(query))


def let_in(connection: Connection, keys: Collection[str]) -> tuple[Admittance, ...]:
    """Return what promotions, the first release among them, ever put where artifacts of `keys` are served."""
    states, items = release_item_states, release_items
    query = (
        sa.select(items, releases.c.break_glass)
        .join(states, sa.and_(*(states.c[name] == items.c[name] for name in ("release", "stage", "key"))))
        .join(releases, releases.c.number == items.c.release)
        .where(items.c.key.in_(any_of("keys")), items.c.to_version.is_not(None))
        .where(releases.c.kind.in_(("promotion", "initial")))
        .order_by(items.c.release)
    )
    return tuple(
        Admittance(
            row.release, (row.stage, row.key), row.to_version, row.percentage, row.break_glass is not None
        )
        for row in connection.execute(query, {"keys": list(keys)})
    )


def item_states_of(connection: Connection, releases: Collection[int]) -> dict[int, tuple[ItemState, ...]]:
    """Return the states of the items of each release."""
    found: dict[int, list[ItemState]] = {number: [] for number in releases}
    for row in _ITEM_STATES_OF.rows(connection, {"releases": list(releases)}):
        found[row[0]].append(ItemState(*row))
    return {number: tuple(states) for number, states in found.items()}


def insert_item_states(uow: UnitOfWork, states: Sequence[ItemState]) -> None:
    """Add the items of a release that just went live."""
    uow.write_later(_ADD, *(vars(state) for state in states))


def set_item_states(uow: UnitOfWork, states: Sequence[ItemState]) -> None:
    """Write what became of items."""
    rows = (
        {
            "of_release": state.release,
            "at_stage": state.stage,
            "of_key": state.key,
            "new_state": state.state,
            "ender": state.ended_by,
        }
        for state in states
    )
    uow.write_later(_SET_STATE, *rows)


def _placed(
    release: int,
    stage: Stage,
    key: str,
    state: str,
    ended_by: int | None,
    version: int | None,
    percentage: Share,
    up_to: Share,
    *columns: Any,
) -> CurrentItem:
    line = happened(*columns)
    item = Item(stage, key, version, percentage, up_to, line.before)
    return CurrentItem(ItemState(release, stage, key, state, ended_by), item, line)
