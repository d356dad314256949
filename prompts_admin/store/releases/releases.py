"""Rows of releases: what was asked, its state, its sign-offs and events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from itertools import compress
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.records import Event, Item, Release, Signature, State, Subject
from prompts_admin.domain.releases.states import OPEN_STATES, shown_state
from prompts_admin.domain.stages import Entry, Share, Stage
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of, columns_of
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.tables import (
    release_events,
    release_item_states,
    release_items,
    release_states,
    releases,
    signoffs,
)

_NUMBERS = any_of("numbers")
_RELEASES = Prepared(sa.select(*columns_of(releases, Release)).where(releases.c.number.in_(_NUMBERS)))
_ITEMS = Prepared(
    sa.select(
        *(release_items.c[name] for name in ("release", "stage", "key", "to_version", "percentage", "up_to")),
        *(release_items.c[name] for name in ("from_settled", "from_candidate", "from_percentage")),
        *(release_items.c[name] for name in ("digest", "settled_digest")),
    )
    .where(release_items.c.release.in_(_NUMBERS))
    .order_by(release_items.c.key, release_items.c.stage)
)
_STATES = Prepared(
    sa.select(*columns_of(release_states, State)).where(release_states.c.release.in_(_NUMBERS))
)
_SIGNATURES = Prepared(
    sa.select(*columns_of(signoffs, Signature))
    .where(signoffs.c.release.in_(_NUMBERS))
    .order_by(signoffs.c.id)
)
_OPEN = (
    sa.select(release_states.c.release)
    .where(release_states.c.state.in_(OPEN_STATES))
    .order_by(release_states.c.release)
)
# From the open releases to their items: of those there are few, while an artifact may have thousands.
_OPEN_AT = _OPEN.where(
    sa.exists().where(
        release_items.c.release == release_states.c.release, release_items.c.key.in_(any_of("keys"))
    )
)
_RIVALS = Prepared(_OPEN_AT)


_ADD_RELEASE, _ADD_ITEMS = Prepared(releases.insert()), Prepared(release_items.insert())
_ADD_STATE, _ADD_EVENT = Prepared(release_states.insert()), Prepared(release_events.insert())


def _any_item(state: str) -> sa.ColumnElement[bool]:
    table = release_item_states
    return sa.exists().where(table.c.release == release_states.c.release, table.c.state == state)


_SHOWN = Prepared(
    sa.select(
        release_states.c.release, release_states.c.state, *map(_any_item, ("current", "rolled_back"))
    ).where(release_states.c.release.in_(_NUMBERS))
)
_SHOW = Prepared(
    release_states.update()
    .where(release_states.c.release == sa.bindparam("of_release"))
    .values(state=sa.bindparam("new_state"))
)
_MOVE = Prepared(
    release_states.update().where(
        release_states.c.release == sa.bindparam("of_release"), release_states.c.state == sa.bindparam("old")
    )
)


def insert_release(
    uow: UnitOfWork, release: Release, items: Sequence[Item], state: State | None = None
) -> None:
    """Add a release, what it asks for and its first state, unless that is inserted later."""
    uow.write_later(_ADD_RELEASE, {**vars(release), "acknowledge": list(release.acknowledge)})
    uow.write_later(_ADD_ITEMS, *(_item_row(release.number, item) for item in items))
    if state is not None:
        insert_state(uow, state)


def insert_state(uow: UnitOfWork, state: State) -> None:
    """Add the first state of a release."""
    uow.write_later(_ADD_STATE, vars(state))


def find_releases(connection: Connection, numbers: Collection[int]) -> dict[int, Release]:
    """Return the releases that exist among `numbers`."""
    found = (Release(*row) for row in _RELEASES.rows(connection, {"numbers": list(numbers)}))
    return {row.number: replace(row, acknowledge=tuple(row.acknowledge)) for row in found}


def items_of(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[Item, ...]]:
    """Return the items of each release, by stage and key."""
    found: dict[int, list[Item]] = {number: [] for number in numbers}
    for number, *row in _ITEMS.rows(connection, {"numbers": list(numbers)}):
        found[number].append(_item(*row))
    return {number: tuple(items) for number, items in found.items()}


def states_of(connection: Connection, numbers: Collection[int]) -> dict[int, State]:
    """Return the state of each release."""
    states = (State(*row) for row in _STATES.rows(connection, {"numbers": list(numbers)}))
    return {state.release: state for state in states}


def undo_of(connection: Connection, number: int) -> int | None:
    """Return the release that undid a release, the first one."""
    query = sa.select(sa.func.min(releases.c.number)).where(releases.c.undo_of == number)
    found: int | None = connection.scalar(query)
    return found


def move_state(connection: Connection, old: str, new: State) -> bool:
    """Compare and set: write `new` only where the state still is `old`; tell whether it was."""
    values = {name: value for name, value in vars(new).items() if name != "release"}
    return _MOVE.run(connection, {"of_release": new.release, "old": old, **values}) == 1


def show_states(uow: UnitOfWork, numbers: Collection[int]) -> None:
    """Write what releases that were live show now, by the states of their items; other columns stay.

    The items are not read: of the first release there are as many as the workspace has artifacts.
    """
    if not numbers:
        return
    changed = [
        {"of_release": number, "new_state": shown}
        for number, state, *has in _SHOWN.rows(uow.connection, {"numbers": sorted(numbers)})
        if state != (shown := shown_state([*compress(("current", "rolled_back"), has), "superseded"]))
    ]
    uow.write_later(_SHOW, *changed)


def open_releases_at(
    connection: Connection, *, keys: Collection[str] = (), feature: str = ""
) -> tuple[int, ...]:
    """Return the open releases asking for something of `keys`, or of `feature`, oldest first."""
    if keys and not feature:
        return tuple(number for (number,) in _RIVALS.rows(connection, {"keys": list(keys)}))
    query = _OPEN_AT if keys else _OPEN
    if feature:
        query = query.join(releases, releases.c.number == release_states.c.release)
        query = query.where(releases.c.feature == feature)
    return tuple(connection.scalars(query, {"keys": list(keys)} if keys else {}))


def add_signature(connection: Connection, signature: Signature) -> None:
    """Write a sign-off, a refusal or a taking back."""
    subjects = [asdict(subject) for subject in signature.subjects]
    connection.execute(signoffs.insert(), {**vars(signature), "subjects": subjects})


def signatures_of(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[Signature, ...]]:
    """Return every sign-off row of each release, oldest first."""
    found: dict[int, list[Signature]] = {number: [] for number in numbers}
    for row in _SIGNATURES.rows(connection, {"numbers": list(numbers)}):
        signature = Signature(*row)
        subjects = tuple(Subject(**subject) for subject in cast("Any", signature.subjects))
        found[signature.release].append(replace(signature, subjects=subjects))
    return {number: tuple(rows) for number, rows in found.items()}


def add_event(uow: UnitOfWork, event: Event) -> None:
    """Add a line to the release's discussion and history; it is written when the unit of work commits."""
    uow.write_last(_ADD_EVENT, vars(event))


def events_of(connection: Connection, number: int) -> tuple[Event, ...]:
    """Return a release's discussion and history, oldest first."""
    query = sa.select(release_events).where(release_events.c.release == number).order_by(release_events.c.id)
    return tuple(Event(row.release, row.event, row.at, row.by, row.text) for row in connection.execute(query))


def _item_row(number: int, item: Item) -> dict[str, Any]:
    return {
        "release": number,
        "stage": item.stage,
        "key": item.key,
        "from_settled": item.basis.settled,
        "from_candidate": item.basis.candidate,
        "from_percentage": item.basis.percentage,
        "to_version": item.version,
        "percentage": item.percentage,
        "up_to": item.up_to,
        "digest": item.digest,
        "settled_digest": item.settled_digest,
    }


def _item(stage: Stage, key: str, version: int | None, percentage: Share, up_to: Share, *rest: Any) -> Item:
    return Item(stage, key, version, percentage, up_to, Entry(*rest[:3]), *rest[3:])
