"""Pieces of statements that are made once, when a module is imported.

Building a statement and the key of its compiled form takes SQLAlchemy longer than running it: what every
release and every page asks for is therefore a constant with parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import JSONB

from prompts_admin.store.tables import Json

VersionId = tuple[str, int]
"""(key, number)."""


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
            name: sa.select(*columns).select_from(pairs).join(key.table, (key == first) & (number == second))
            for name, (pairs, first, second) in _PAIRS.items()
        }

    def rows(self, connection: Connection, ids: Collection[VersionId]) -> Sequence[Any]:
        """Return the rows whose key and number are among `ids`, in no order."""
        if not ids:
            return ()
        statement = self._statements[connection.dialect.name]
        return connection.execute(statement, {"ids": sorted(set(ids))}).all()


_Pairs = tuple[sa.FromClause, sa.ColumnElement[str], sa.ColumnElement[int]]


def _sqlite_pairs(given: sa.BindParameter[Any]) -> _Pairs:
    wanted = sa.func.json_each(given).table_valued(sa.column("value"), name="wanted")
    first, second = (sa.func.json_extract(wanted.c.value, sa.literal_column(f"'$[{n}]'")) for n in (0, 1))
    return wanted, first, second


def _postgresql_pairs(given: sa.BindParameter[Any]) -> _Pairs:
    array = sa.func.jsonb_array_elements(sa.cast(given, JSONB))
    wanted = array.table_valued(sa.column("value", JSONB), name="wanted")
    first, second = (wanted.c.value[n].astext for n in (0, 1))
    return wanted, first, sa.cast(second, sa.Integer)


_PAIRS = {
    "sqlite": _sqlite_pairs(sa.bindparam("ids", type_=Json)),
    "postgresql": _postgresql_pairs(sa.bindparam("ids", type_=Json)),
}
