"""One row in every table, for tests that must reach all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.store.tables import Json, Utc, metadata

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
ODD_TEXT = "Zoë's “quoted” text: \u202e, \u200b, 🙂, \\, ', \", \n\ttabs; {{brace}} 100 %"

# What a check constraint or a reference asks for; everything else follows from the column's type.
_VALUES: dict[str, Any] = {
    "artifacts.kind": "prompt",
    "entries.stage": "beta",
    "entries.candidate": 2,
    "entries.percentage": 10_000,
    "invites.purpose": "invite",
    "release_item_states.state": "current",
    "release_states.state": "live",
    "releases.apply": "manual",
    "releases.kind": "promotion",
    "settings_signoffs.verdict": "approve",
    "settings_states.state": "applied",
    "signoffs.verdict": "take_back",
    "tokens.role": "serve",
}


def fill(connection: Connection) -> None:
    """Insert one row into every table but the workspace's."""
    for table in metadata.sorted_tables:
        if table.name != "workspace":
            connection.execute(sa.insert(table).values(row(table)))


def row(table: sa.Table) -> dict[str, Any]:
    """Return a row of `table` that refers to the rows that `fill` makes."""
    return {
        column.name: _VALUES.get(f"{table.name}.{column.name}", _by_type(column))
        for column in table.columns
        if column.autoincrement is not True
    }


def _by_type(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, Utc):
        return MOMENT
    if isinstance(column.type, Json):
        return {"text": ODD_TEXT, "number": 0.1, "list": [1, None, True]}
    if isinstance(column.type, sa.Boolean):
        return True
    if isinstance(column.type, sa.Integer):
        return 1
    if isinstance(column.type, sa.Float):
        return 0.5
    return ODD_TEXT if isinstance(column.type, sa.Text) else "a/b"
