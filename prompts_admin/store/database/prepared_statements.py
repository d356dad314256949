"""Statements that every release and every request runs: compiled once, then given to the driver as text.

SQLAlchemy takes ten times as long to run a small statement as SQLite does, and three times as long as psycopg.
Here it writes the text and converts the values, and the driver runs it in SQLAlchemy's transaction.

This goes past SQLAlchemy's public surface, which `pyproject.toml` pins for it. So it is for what proposing, signing,
going live, rolling back, undoing, saving and the look at who asks run (`docs/performance.md` has what it saves);
pages share some of these statements. One that only a page, a list or a rare command needs is given to
`connection.execute`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Given = Mapping[str, Any]
Convert = Callable[[Any], Any]

_LONGEST = 8
"""Each length of a list is a text of its own: lists of more members go the ordinary way."""
_NOTHING: Given = {}


class Prepared:
    """A statement with parameters; what it reads are plain tuples, in the order of its columns."""

    def __init__(self, statement: sa.Select[Any] | sa.CompoundSelect[Any] | sa.sql.dml.UpdateBase) -> None:
        # An insert would otherwise ask for the number that the row got.
        self.statement = statement.inline() if isinstance(statement, sa.Insert) else statement
        self._forms: dict[tuple[Any, ...], _Form] = {}

    def rows(self, connection: Connection, given: Given = _NOTHING) -> Sequence[tuple[Any, ...]]:
        """Return every row that it finds with these parameters."""
        form = self._form(connection, given)
        if form is None:
            return cast("Sequence[Any]", connection.execute(self.statement, dict(given)).all())
        return form.converted(send(connection, form.text, form.values(given), fetch=True))

    def first(self, connection: Connection, given: Given = _NOTHING) -> tuple[Any, ...] | None:
        """Return the first row, None where there is none."""
        found = self.rows(connection, given)
        return found[0] if found else None

    def run(self, connection: Connection, given: Given | Sequence[Given] = _NOTHING) -> int:
        """Write with these parameters, or once with each of several; return how many rows that concerned."""
        rows = [given] if isinstance(given, Mapping) else given
        form = self._form(connection, rows[0])
        if form is None:
            return connection.execute(
                self.statement, cast("Any", rows if len(rows) > 1 else rows[0])
            ).rowcount
        if len(rows) == 1:
            return int(send(connection, form.text, form.values(rows[0])))
        return int(send(connection, form.text, [form.values(row) for row in rows], many=True))

    def _form(self, connection: Connection, given: Given) -> _Form | None:
        """Return the text for these names and lengths; None where a list is long or somebody listens."""
        if _is_heard(connection):
            return None
        lengths = tuple(len(value) for value in given.values() if type(value) is list)
        if lengths and max(lengths) > _LONGEST:
            return None
        name = (connection.dialect.name, *given, *lengths)
        form = self._forms.get(name)
        if form is None:
            form = self._forms[name] = _compiled(self.statement, connection.dialect, given)
        return form


def send(
    connection: Connection, text: str, values: Any = (), *, many: bool = False, fetch: bool = False
) -> Any:
    """Let the driver run a statement in the transaction of `connection`; return the rows, or how many it wrote.

    Raises what SQLAlchemy raises.
    """
    if not connection.in_transaction():
        connection.begin()
    return drive(connection, text, values, many=many, fetch=fetch)


def drive(
    connection: Connection, text: str, values: Any = (), *, many: bool = False, fetch: bool = False
) -> Any:
    """Do the same without looking whether a transaction has begun: for what begins one."""
    driver: Any = connection.connection.driver_connection
    try:
        if many:
            cursor = driver.cursor()
            cursor.executemany(text, values)
        else:
            cursor = driver.execute(text, values)
        return cursor.fetchall() if fetch else cursor.rowcount
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(connection, text, error) from error


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Let what the block writes go to PostgreSQL without waiting for each answer; an error comes at its end."""
    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "pipeline") or _is_heard(connection):
        yield
        return
    if not connection.in_transaction():
        connection.begin()
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(connection, "", error) from error


def _is_heard(connection: Connection) -> bool:
    """Tell whether somebody listens to statements, and so is to hear of all of them."""
    heard = connection.engine.dispatch
    return bool(heard.before_cursor_execute or heard.after_cursor_execute)


def _known(connection: Connection, text: str, error: Exception) -> BaseException:
    """Return a driver's error as SQLAlchemy's; once one is gone, no connection is used again."""
    wrapped: Any = connection.connection.dbapi_connection
    gone = connection.dialect.is_disconnect(cast("Any", error), wrapped, None)
    if gone:
        connection.invalidate(error)
        # A server that went took the idle ones with it.
        connection.engine.dispose()
    kind, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
    found: BaseException = sa.exc.DBAPIError.instance(
        text, None, error, kind, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )
    return found


@dataclass(frozen=True)
class _Slot:
    """Where a parameter of the text comes from: a name, and the place in its list; else it is `constant`."""

    source: str | None
    index: int | None
    convert: Convert | None
    constant: Any


@dataclass(frozen=True)
class _Form:
    """A statement's text in one dialect, for lists of certain lengths."""

    text: str
    names: Sequence[str] | None
    slots: tuple[_Slot, ...]
    results: tuple[Convert | None, ...]

    def values(self, given: Given) -> Any:
        """Return the driver's parameters: by name, or in order where it has no `names`."""
        found = []
        for slot in self.slots:
            value = slot.constant if slot.source is None else given[slot.source]
            if slot.index is not None:
                value = value[slot.index]
            found.append(value if slot.convert is None else slot.convert(value))
        return found if self.names is None else dict(zip(self.names, found, strict=True))

    def converted(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """Return the driver's rows with moments, flags and JSON as Python knows them."""
        if not self.results or not rows:
            return rows
        return [
            tuple(
                value if convert is None else convert(value)
                for convert, value in zip(self.results, row, strict=True)
            )
            for row in rows
        ]


def _compiled(statement: Any, dialect: Dialect, given: Given) -> _Form:
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(given))
    state = compiled.construct_expanded_state(dict(given), escape_names=False)
    members = {
        name: (source, index)
        for source, names in state.parameter_expansion.items()
        for index, name in enumerate(names)
    }
    order: Collection[str] = state.positiontup if compiled.positional else state.parameters  # type: ignore[assignment]
    slots = (
        _slot(compiled, members.get(name, (name, None)), given, state.parameters[name]) for name in order
    )
    columns = statement.selected_columns if statement.is_select else ()
    results = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Form(
        text=state.statement,
        names=None if compiled.positional else tuple(order),
        slots=tuple(slots),
        results=results if any(results) else (),
    )


def _slot(compiled: SQLCompiler, place: tuple[str, int | None], given: Given, constant: Any) -> _Slot:
    (source, index), dialect = place, compiled.dialect
    convert = compiled.binds[source].type.dialect_impl(dialect).bind_processor(dialect)
    if source in given:
        return _Slot(source, index, convert, None)
    return _Slot(None, None, None, convert(constant) if convert else constant)
