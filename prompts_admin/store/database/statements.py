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

from prompts_admin.domain.content.records import VersionId
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.tables import Json

Span = tuple[str, int, int]
"""(key, first number, last number)."""


def any_of(name: str) -> sa.BindParameter[Any]:
    """Return the parameter of `column.in_(...)`, a list."""
    return sa.bindparam(name, expanding=True)


def columns_of(table: sa.Table, kind: Any) -> tuple[sa.Column[Any], ...]:
    """Return the columns that the fields of a dataclass name, in their order, so that `kind(*row)` works."""
    return tuple(table.c[field.name] for field in fields(kind))


class _ByWanted:
    """Joins a table to a list that is given as one JSON text, however long it is.

    `(key, number) IN (VALUES ...)` makes SQLite read the whole table, and databases limit the number of
    parameters.
    """

    def __init__(
        self, key: sa.Column[Any], number: sa.Column[Any], columns: Sequence[sa.Column[Any]]
    ) -> None:
        self._key, self._number, self._columns = key, number, columns
        self._statements: dict[str, Prepared] = {}

    def statement(self, dialect: str) -> Prepared:
        """Return the statement as a database takes it."""
        if dialect not in self._statements:
            wanted = _wanted(dialect)
            joined = sa.select(*self._columns).select_from(wanted.rows)
            condition = (self._key == wanted.text) & self._matches(wanted)
            self._statements[dialect] = Prepared(joined.join(self._columns[0].table, condition))
        return self._statements[dialect]

    def _found(self, connection: Connection, wanted: Collection[tuple[Any, ...]]) -> Sequence[Any]:
        if not wanted:
            return ()
        given = {"wanted": tuple(sorted(set(wanted)))}
        return self.statement(connection.dialect.name).rows(connection, given)

    def _matches(self, wanted: _Wanted) -> sa.ColumnElement[bool]:
        return self._number == wanted.first


class ByIds(_ByWanted):
    """Reads rows by pairs of text and whole number, any number of them, in one statement."""

    def rows(self, connection: Connection, ids: Collection[VersionId]) -> Sequence[Any]:
        """Return the rows whose key and number are among `ids`, in no order."""
        return self._found(connection, ids)


class BySpans(_ByWanted):
    """Reads rows by text and a range of whole numbers, both ends included, any number of them at once.

    A row that lies in several of the ranges comes as often.
    """

    def rows(self, connection: Connection, spans: Collection[Span]) -> Sequence[Any]:
        """Return the rows of `spans`, in no order."""
        return self._found(connection, spans)

    def _matches(self, wanted: _Wanted) -> sa.ColumnElement[bool]:
        return self._number.between(wanted.first, wanted.last)


class _Wanted(NamedTuple):
    """The members of a JSON array of arrays as the rows of a table."""

    rows: sa.FromClause
    text: sa.ColumnElement[str]
    first: sa.ColumnElement[int]
    last: sa.ColumnElement[int]


def _wanted(dialect: str) -> _Wanted:
    given = sa.bindparam("wanted", type_=Json)
    return _on_sqlite(given) if dialect == "sqlite" else _on_postgresql(given)


def _on_sqlite(given: sa.BindParameter[Any]) -> _Wanted:
    rows = sa.func.json_each(given).table_valued(sa.column("value"), name="wanted")
    members = (sa.func.json_extract(rows.c.value, sa.literal_column(f"'$[{n}]'")) for n in range(3))
    return _Wanted(rows, *members)


def _on_postgresql(given: sa.BindParameter[Any]) -> _Wanted:
    # Imported here: on SQLite the dialect would take a tenth of the start of a command.
    from sqlalchemy.dialects.postgresql import JSONB

    array = sa.func.jsonb_array_elements(sa.cast(given, JSONB))
    rows = array.table_valued(sa.column("value", JSONB), name="wanted")
    text, first, last = (rows.c.value[n].astext for n in range(3))
    return _Wanted(rows, text, sa.cast(first, sa.Integer), sa.cast(last, sa.Integer))
