"""What a database says when it cannot, in the words of the product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from prompts_admin.domain.errors import Unavailable

# PostgreSQL: SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY = {"55P03", "40P01", "40001", "53300"}
_READ_ONLY = {"25006", "53100", "53400", "58030"}
_GONE = {"57P01", "57P02", "57P03", "25P03", "08000", "08001", "08003", "08004", "08006", "3D000"}


@contextmanager
def translated() -> Iterator[None]:
    """Turn a locked, read-only, full or lost database into `Unavailable`; let every other error pass."""
    try:
        yield
    except exc.TimeoutError as error:
        raise busy() from error
    except exc.DBAPIError as error:
        known = _of(error)
        if known is None:
            raise
        raise known from error


def busy(seconds: float | None = None) -> Unavailable:
    """Say that another change holds the lock; `seconds` is how long was waited."""
    waited = f" for {seconds:g} seconds" if seconds else ""
    return Unavailable(
        "busy",
        f"Another change held the store{waited}; nothing was changed by this one.",
        "Try again in a moment.",
        members={"retry_after": 1},
    )


def commit_unknown() -> Unavailable:
    """Say that the connection broke while the database was asked to commit."""
    return Unavailable(
        "unreachable",
        "The connection to the database broke during the commit: the change may or may not have been made.",
        "Look whether it was made, or repeat the request with the same idempotency key.",
        members={"retry_after": 5},
    )


def _of(error: exc.DBAPIError) -> Unavailable | None:
    name = str(getattr(error.orig, "sqlite_errorname", None) or "")
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state in _BUSY:
        return busy()
    if name.startswith(("SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR")) or state in _READ_ONLY:
        return _read_only()
    if name.startswith("SQLITE_CANTOPEN") or error.connection_invalidated or state in _GONE:
        return _unreachable()
    # psycopg has no SQLSTATE when it never reached a server.
    if not name and not state and isinstance(error, exc.OperationalError):
        return _unreachable()
    return None


def _read_only() -> Unavailable:
    return Unavailable(
        "read_only",
        "The store can be read but not written just now; nothing was changed.",
        "Check that the disk has space and that the database may be written; no restart is needed.",
    )


def _unreachable() -> Unavailable:
    return Unavailable(
        "unreachable",
        "The database cannot be reached; nothing was changed.",
        "Check that the database runs and that the database URL is right.",
        members={"retry_after": 5},
    )
