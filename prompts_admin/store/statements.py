"""Pieces of statements that are made once, when a module is imported.

Building a statement and the key of its compiled form takes SQLAlchemy longer than running it: what every
release and every page asks for is therefore a constant with parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import JSONB

from prompts_admin.store.tables import Json

VersionId = tuple[str, int]
"""(key, number)."""
Span = tuple[str, int, int]
"""(key, first number, last number)."""


def any_of(name: str) -> sa.BindParameter[Any]:
    """Return the parameter of `column.in_(...)`, a list."""
    return sa.bindparam(name, expanding=True)


def columns_of(table: sa.Table, kind: Any) -> tuple[sa.Column[Any], ...]:
    """Return the columns that the fields of a dataclass name, in their order, so that `kind(*row)` works."""
    return tuple(table.c[field.name] for field in fields(kind))


class ByIds:
    """Reads rows by pairs of text and whole number, any number of them, in one statement.

    The pairs go over as one JSON text. `(key, number) IN (VALUES ...)` makes SQLite read the whole table, and
    databases limit the number of parameters.
    """

    def __init__(
        self, key: sa.Column[Any], number: sa.Column[Any], columns: Sequence[sa.Column[Any]]
    ) -> None:
        self._statements = {
            dialect: _joined(columns, wanted, (key == wanted.text) & (number == wanted.first))
            for dialect, wanted in _WANTED.items()
        }

    def rows(self, connection: Connection, ids: Collection[VersionId]) -> Sequence[Any]:
        """Return the rows whose key and number are among `ids`, in no order."""
        if not ids:
            return ()
        statement = self._statements[connection.dialect.name]
        return connection.execute(statement, {"wanted": sorted(set(ids))}).all()


class BySpans:
    """Reads rows by text and a range of whole numbers, both ends included, any number of them at once.

    A row that lies in several of the ranges comes as often.
    """

    def __init__(
        self, key: sa.Column[Any], number: sa.Column[Any], columns: Sequence[sa.Column[Any]]
    ) -> None:
        self._statements = {
            dialect: _joined(
                columns, wanted, (key == wanted.text) & number.between(wanted.first, wanted.last)
            )
            for dialect, wanted in _WANTED.items()
        }

    def rows(self, connection: Connection, spans: Collection[Span]) -> Sequence[Any]:
        """Return the rows of `spans`, in no order."""
        if not spans:
            return ()
        statement = self._statements[connection.dialect.name]
        return connection.execute(statement, {"wanted": sorted(set(spans))}).all()


class _Wanted(NamedTuple):
    """The members of a JSON array of arrays as the rows of a table."""

    rows: sa.FromClause
    text: sa.ColumnElement[str]
    first: sa.ColumnElement[int]
    last: sa.ColumnElement[int]


def _joined(
    columns: Sequence[sa.Column[Any]], wanted: _Wanted, condition: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    return sa.select(*columns).select_from(wanted.rows).join(columns[0].table, condition)


def _on_sqlite(given: sa.BindParameter[Any]) -> _Wanted:
    rows = sa.func.json_each(given).table_valued(sa.column("value"), name="wanted")
    members = (sa.func.json_extract(rows.c.value, sa.literal_column(f"'$[{n}]'")) for n in range(3))
    return _Wanted(rows, *members)


def _on_postgresql(given: sa.BindParameter[Any]) -> _Wanted:
    array = sa.func.jsonb_array_elements(sa.cast(given, JSONB))
    rows = array.table_valued(sa.column("value", JSONB), name="wanted")
    text, first, last = (rows.c.value[n].astext for n in range(3))
    return _Wanted(rows, text, sa.cast(first, sa.Integer), sa.cast(last, sa.Integer))


_WANTED = {
    "sqlite": _on_sqlite(sa.bindparam("wanted", type_=Json)),
    "postgresql": _on_postgresql(sa.bindparam("wanted", type_=Json)),
}
