"""Rows of examples."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.content.records import Example
from prompts_admin.store.database.statements import columns_of
from prompts_admin.store.tables import examples, examples_hidden

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
