"""Database connections with the settings that the rest of the store relies on."""

from __future__ import annotations

import math
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url

from prompts_admin.domain.errors import Usage
from prompts_admin.store.database.prepared_statements import drive

WAIT_SECONDS = "prompts_admin_wait_seconds"
"""Execution option: how long this transaction waits for a lock that another process holds."""

_CONNECTIONS = 6
_CONNECTIONS_AT_PEAK = 18
_WRITERS = 2
_WRITERS_AT_PEAK = 6
_REST_SECONDS = 0.2
_USED_AT = "prompts_admin_used_at"


def open_engine(url: str, *, wait_seconds: float = 5.0) -> Engine:
    """Open the database that `url` names.

    Takes `sqlite:///FILE`, `postgresql://...` or `postgres://...`; a SQLite file that does not exist is
    created for its owner alone. `wait_seconds` bounds every wait for a lock or a free connection.
    Raises `Usage`.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, wait_seconds, reads=False)
    return _open_postgresql(parsed, wait_seconds, reads=False)


def reader_beside(engine: Engine, *, wait_seconds: float = 5.0) -> Engine:
    """Return an engine for transactions that only read, with connections of its own.

    They take no lock and cannot write. On SQLite a connection that turned from the one to the other would
    prepare all of its statements anew, which takes longer than running them; on PostgreSQL it would be set
    to the other kind of transaction each time.
    """
    if engine.dialect.name == "sqlite":
        return _open_sqlite(engine.url, wait_seconds, reads=True)
    return _open_postgresql(engine.url, wait_seconds, reads=True)


def sqlite_path(url: URL) -> Path | None:
    """Return the file behind a SQLite URL, None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database.removeprefix("file:"))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise _unusable() from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise _unusable()


def _unusable() -> Usage:
    # The URL itself is not repeated: it may hold a password.
    return Usage(
        "malformed",
        "The database URL names neither a SQLite file nor a PostgreSQL database.",
        "Write it as sqlite:////path/to/file.db or postgresql://user@host/name.",
    )


def _open_sqlite(url: URL, wait_seconds: float, *, reads: bool) -> Engine:
    if "uri" not in url.query:
        _create_private(Path(str(url.database)))
    engine = sa.create_engine(
        url,
        connect_args={"timeout": wait_seconds},
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS_AT_PEAK,
        pool_timeout=wait_seconds,
        # The connection used last has the pages in its cache that changed last.
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", partial(_prepare_sqlite, reads=reads))
    event.listen(
        engine, "begin", _begin_reading if reads else partial(_begin_sqlite, wait_seconds=wait_seconds)
    )
    return engine


def _create_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # SQLite gives its -wal and -shm files the mode of the database file.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: object, *, reads: bool) -> None:
    # None: the driver begins nothing by itself, so that every transaction begins as `_begin_sqlite` says.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"query_only={int(reads)}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_reading(connection: Connection) -> None:
    drive(connection, "BEGIN DEFERRED")


def _begin_sqlite(connection: Connection, *, wait_seconds: float) -> None:
    _set_wait(connection, int(connection.get_execution_options().get(WAIT_SECONDS, wait_seconds) * 1000))
    # A transaction that begins by reading and writes later fails at once when somebody else wrote between,
    # whatever the time-out: writers take the lock first.
    drive(connection, "BEGIN IMMEDIATE")


def _set_wait(connection: Connection, milliseconds: int) -> None:
    """Set the limit if it is another one than the last time on this connection: it costs a small query."""
    driver: Any = connection.connection.driver_connection
    if connection.info.get(WAIT_SECONDS) != milliseconds:
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[WAIT_SECONDS] = milliseconds


def _open_postgresql(url: URL, wait_seconds: float, *, reads: bool) -> Engine:
    # Writers take turns, so few of them have a connection at a time.
    kept, at_peak = (_CONNECTIONS, _CONNECTIONS_AT_PEAK) if reads else (_WRITERS, _WRITERS_AT_PEAK)
    engine = sa.create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, round(wait_seconds)),
            "keepalives_idle": 30,
            "application_name": "prompts-admin",
        },
        pool_size=kept,
        max_overflow=at_peak,
        pool_timeout=wait_seconds,
        # The connection used last has the statements prepared that are asked for now.
        pool_use_lifo=True,
        isolation_level="REPEATABLE READ" if reads else "READ COMMITTED",
    )
    if reads:
        event.listen(engine, "connect", _prepare_to_read)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_look_after_a_rest, dialect=engine.dialect))
    return engine


def _prepare_to_read(connection: Any, _record: object) -> None:
    connection.read_only = True


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED_AT] = time.monotonic()


def _look_after_a_rest(connection: Any, record: Any, _fairy: object, *, dialect: Dialect) -> None:
    """Ask the server whether a connection still stands that nobody used for a while; at each use is too dear."""
    if time.monotonic() - record.info.get(_USED_AT, math.inf) < _REST_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.InvalidatePoolError("A connection was closed while nobody used it.") from error
