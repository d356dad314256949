"""Rows of examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.database.statements import columns_of
from prompts_admin.store.tables import examples, examples_hidden


@dataclass(frozen=True)
class Example:
    """What a model answered to a version with some values, and who kept it."""

    id: str
    key: str
    number: int
    by: str
    at: datetime
    model: str
    values: Mapping[str, Any]
    answer: str


_SHOWN = sa.select(*columns_of(examples, Example)).where(
    examples.c.id.not_in(sa.select(examples_hidden.c.id))
)
_OF_VERSION = _SHOWN.where(
    examples.c.key == sa.bindparam("key"), examples.c.number == sa.bindparam("number")
).order_by(examples.c.at.desc(), examples.c.id)
_ONE = _SHOWN.where(examples.c.id == sa.bindparam("id"))


def examples_of(connection: Connection, key: str, number: int) -> list[Example]:
    """Return the examples of a version that nobody hid, newest first."""
    return [Example(*row) for row in connection.execute(_OF_VERSION, {"key": key, "number": number})]


def find_example(connection: Connection, example_id: str) -> Example | None:
    """Return an example that nobody hid."""
    row = connection.execute(_ONE, {"id": example_id}).first()
    return Example(*row) if row else None


def insert_example(connection: Connection, example: Example) -> None:
    """Add an example."""
    connection.execute(examples.insert(), asdict(example))


def hide_example(connection: Connection, example_id: str, *, by: str, at: datetime) -> None:
    """Write that an example is not shown any more; the row itself stays."""
    connection.execute(examples_hidden.insert(), {"id": example_id, "by": by, "at": at})
