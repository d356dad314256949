"""Rows of releases: what was asked, its state, its sign-offs and events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.policy import Subject
from prompts_admin.domain.releases import OPEN_STATES, Item
from prompts_admin.domain.stages import Entry
from prompts_admin.store.tables import release_events, release_items, release_states, releases, signoffs


@dataclass(frozen=True)
class Release:
    """A release as it was proposed; this never changes."""

    number: int
    kind: str
    feature: str | None
    stage: str | None
    note: str
    proposed_by: str
    via: str
    proposed_at: datetime
    apply: str = "when_approved"
    apply_at: datetime | None = None
    break_glass: str | None = None
    again_of: int | None = None
    undo_of: int | None = None
    acknowledge: tuple[str, ...] = ()
    basis: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """Where a release stands."""

    release: int
    state: str
    changed_at: datetime
    changed_by: str
    reason: str = ""
    live_at: datetime | None = None
    revision: int | None = None


@dataclass(frozen=True)
class Signature:
    """One row of the sign-off book."""

    release: int
    email: str
    role: str
    verdict: str
    subjects: tuple[Subject, ...]
    note: str
    via: str
    at: datetime


@dataclass(frozen=True)
class Event:
    """One line of a release's discussion and history."""

    release: int
    event: str
    at: datetime
    by: str
    text: str = ""


def insert_release(connection: Connection, release: Release, items: Sequence[Item], state: State) -> None:
    """Add a release, what it asks for and its first state."""
    connection.execute(
        releases.insert().values({**asdict(release), "acknowledge": list(release.acknowledge)})
    )
    if items:
        connection.execute(release_items.insert(), [_item_row(release.number, item) for item in items])
    connection.execute(release_states.insert().values(asdict(state)))


def find_releases(connection: Connection, numbers: Collection[int]) -> dict[int, Release]:
    """Return the releases that exist among `numbers`."""
    rows = connection.execute(sa.select(releases).where(releases.c.number.in_(numbers))).mappings()
    return {row["number"]: Release(**{**row, "acknowledge": tuple(row["acknowledge"])}) for row in rows}


def items_of(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[Item, ...]]:
    """Return the items of each release, by stage and key."""
    found: dict[int, list[Item]] = {number: [] for number in numbers}
    query = sa.select(release_items).where(release_items.c.release.in_(numbers))
    for row in connection.execute(query.order_by(release_items.c.key, release_items.c.stage)):
        basis = Entry(row.from_settled, row.from_candidate, row.from_percentage)
        found[row.release].append(
            Item(
                row.stage,
                row.key,
                row.to_version,
                row.percentage,
                row.up_to,
                basis,
                row.digest,
                row.settled_digest,
            )
        )
    return {number: tuple(items) for number, items in found.items()}


def states_of(connection: Connection, numbers: Collection[int]) -> dict[int, State]:
    """Return the state of each release."""
    rows = connection.execute(
        sa.select(release_states).where(release_states.c.release.in_(numbers))
    ).mappings()
    return {row["release"]: State(**row) for row in rows}


def undo_of(connection: Connection, number: int) -> int | None:
    """Return the release that undid a release, the first one."""
    query = sa.select(sa.func.min(releases.c.number)).where(releases.c.undo_of == number)
    found: int | None = connection.scalar(query)
    return found


def move_state(connection: Connection, old: str, new: State) -> bool:
    """Compare and set: write `new` only where the state still is `old`; tell whether it was."""
    result = connection.execute(
        release_states.update()
        .where(release_states.c.release == new.release, release_states.c.state == old)
        .values({name: value for name, value in asdict(new).items() if name != "release"})
    )
    return result.rowcount == 1


def show_states(connection: Connection, states: dict[int, str]) -> None:
    """Write what releases that were live show now; their other columns stay."""
    for number, state in sorted(states.items()):
        connection.execute(
            release_states.update().where(release_states.c.release == number).values(state=state)
        )


def open_releases_at(
    connection: Connection, *, keys: Collection[str] = (), feature: str = ""
) -> tuple[int, ...]:
    """Return the open releases asking for something of `keys`, or of `feature`, oldest first."""
    query = (
        sa.select(releases.c.number)
        .join(release_states, release_states.c.release == releases.c.number)
        .where(release_states.c.state.in_(OPEN_STATES))
        .order_by(releases.c.number)
    )
    if keys:
        having = sa.select(release_items.c.release).where(release_items.c.key.in_(keys))
        query = query.where(releases.c.number.in_(having))
    if feature:
        query = query.where(releases.c.feature == feature)
    return tuple(connection.scalars(query))


def add_signature(connection: Connection, signature: Signature) -> None:
    """Write a sign-off, a refusal or a taking back."""
    subjects = [asdict(subject) for subject in signature.subjects]
    connection.execute(signoffs.insert().values({**vars(signature), "subjects": subjects}))


def signatures_of(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[Signature, ...]]:
    """Return every sign-off row of each release, oldest first."""
    found: dict[int, list[Signature]] = {number: [] for number in numbers}
    query = sa.select(signoffs).where(signoffs.c.release.in_(numbers)).order_by(signoffs.c.id)
    for row in connection.execute(query).mappings():
        subjects = tuple(Subject(**subject) for subject in row["subjects"])
        values = {**row, "subjects": subjects}
        del values["id"]
        found[row["release"]].append(Signature(**values))
    return {number: tuple(rows) for number, rows in found.items()}


def standing(signatures: Sequence[Signature]) -> tuple[Signature, ...]:
    """Return each person's last word, leaving out what was taken back."""
    last: dict[str, Signature] = {}
    for signature in signatures:
        last[signature.email] = signature
    return tuple(signature for signature in last.values() if signature.verdict != "take_back")


def add_event(connection: Connection, event: Event) -> None:
    """Write a line of the release's discussion and history."""
    connection.execute(release_events.insert().values(asdict(event)))


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
