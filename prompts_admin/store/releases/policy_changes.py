"""Rows of settings changes, their states and signatures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.policy_records import SettingsChange, SettingsSignature, SettingsState
from prompts_admin.store.tables import settings_changes, settings_signoffs, settings_states


def insert_change(connection: Connection, change: SettingsChange, state: SettingsState) -> None:
    """Add a change and its first state."""
    connection.execute(settings_changes.insert().values(asdict(change)))
    connection.execute(settings_states.insert().values(asdict(state)))


def find_changes(connection: Connection, numbers: Collection[int]) -> dict[int, SettingsChange]:
    """Return the changes that exist among `numbers`."""
    rows = connection.execute(sa.select(settings_changes).where(settings_changes.c.number.in_(numbers)))
    return {row["number"]: SettingsChange(**row) for row in rows.mappings()}


def states_of(connection: Connection, numbers: Collection[int]) -> dict[int, SettingsState]:
    """Return the state of each change."""
    rows = connection.execute(sa.select(settings_states).where(settings_states.c.number.in_(numbers)))
    return {row["number"]: SettingsState(**row) for row in rows.mappings()}


def change_numbers(
    connection: Connection,
    *,
    scopes: Collection[str] | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 200,
) -> tuple[int, ...]:
    """Return the numbers of changes, newest first, of these scopes and in this state."""
    query = sa.select(settings_changes.c.number).join(
        settings_states, settings_states.c.number == settings_changes.c.number
    )
    if scopes is not None:
        query = query.where(settings_changes.c.scope.in_(scopes))
    if state is not None:
        query = query.where(settings_states.c.state == state)
    if before is not None:
        query = query.where(settings_changes.c.number < before)
    return tuple(connection.scalars(query.order_by(settings_changes.c.number.desc()).limit(limit)))


def move_state(connection: Connection, old: str, new: SettingsState) -> bool:
    """Compare and set; tell whether the state still was `old`."""
    table = settings_states
    here = (table.c.number == new.number) & (table.c.state == old)
    return connection.execute(table.update().where(here).values(asdict(new))).rowcount == 1


def add_signature(connection: Connection, signature: SettingsSignature) -> None:
    """Write a person's word."""
    connection.execute(settings_signoffs.insert().values(asdict(signature)))


def signatures_of(
    connection: Connection, numbers: Collection[int]
) -> dict[int, tuple[SettingsSignature, ...]]:
    """Return each person's last word on each change, leaving out what was taken back."""
    last: dict[int, dict[str, SettingsSignature]] = {number: {} for number in numbers}
    query = sa.select(settings_signoffs).where(settings_signoffs.c.number.in_(numbers))
    for row in connection.execute(query.order_by(settings_signoffs.c.id)):
        signature = SettingsSignature(row.number, row.email, row.role, row.verdict, row.note, row.at)
        last[row.number][row.email] = signature
    return {number: _standing(list(people.values())) for number, people in last.items()}


def _standing(signatures: Sequence[SettingsSignature]) -> tuple[SettingsSignature, ...]:
    return tuple(signature for signature in signatures if signature.verdict != "take_back")
