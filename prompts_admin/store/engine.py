"""Database connections with the settings that the rest of the store relies on."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from prompts_admin.domain.errors import Usage

WAIT_SECONDS = "prompts_admin_wait_seconds"
"""Execution option: how long this transaction waits for a lock that another process holds."""

_CONNECTIONS = 8
_CONNECTIONS_AT_PEAK = 24


def open_engine(url: str, *, wait_seconds: float = 5.0) -> Engine:
    """Open the database that `url` names.

    Takes `sqlite:///FILE`, `postgresql://...` or `postgres://...`; a SQLite file that does not exist is
    created for its owner alone. `wait_seconds` bounds every wait for a lock or a free connection.
    Raises `Usage`.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, wait_seconds, reads=False)
    return _open_postgresql(parsed, wait_seconds)


def reader_beside(engine: Engine, *, wait_seconds: float = 5.0) -> Engine:
    """Return an engine for transactions that only read: connections of its own on SQLite, else the same.

    On SQLite they take no lock and cannot write. A connection that turned from the one to the other would
    prepare all of its statements anew, which takes longer than running them.
    """
    if engine.dialect.name == "sqlite":
        return _open_sqlite(engine.url, wait_seconds, reads=True)
    return engine


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
    connection.exec_driver_sql("BEGIN DEFERRED")


def _begin_sqlite(connection: Connection, *, wait_seconds: float) -> None:
    _set_wait(connection, int(connection.get_execution_options().get(WAIT_SECONDS, wait_seconds) * 1000))
    # A transaction that begins by reading and writes later fails at once when somebody else wrote between,
    # whatever the time-out: writers take the lock first.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_wait(connection: Connection, milliseconds: int) -> None:
    """Set the limit if it is another one than the last time on this connection: it costs a small query."""
    driver: Any = connection.connection.driver_connection
    if connection.info.get(WAIT_SECONDS) != milliseconds:
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[WAIT_SECONDS] = milliseconds


def _open_postgresql(url: URL, wait_seconds: float) -> Engine:
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, round(wait_seconds)),
            "keepalives_idle": 30,
            "application_name": "prompts-admin",
        },
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS_AT_PEAK,
        pool_timeout=wait_seconds,
    )
