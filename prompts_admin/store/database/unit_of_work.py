"""One transaction per use case, one writer at a time: all of it is committed, or none of it happened."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sqlalchemy.engine import Connection

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database.engine import WAIT_SECONDS, open_engine, reader_beside
from prompts_admin.store.database.error_translation import busy, commit_unknown, translated
from prompts_admin.store.database.prepared_statements import Given, Prepared, send, together
from prompts_admin.store.database.workspace_row import WorkspaceRow, load_head, save_head

__all__ = ["Connection", "Store", "UnitOfWork", "WorkspaceRow", "utc_now"]

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Store:
    """One database. Safe to use from many threads; several processes may open the same one."""

    def __init__(
        self, url: str, *, clock: Callable[[], datetime] = utc_now, lock_seconds: float = 5.0
    ) -> None:
        self.engine = open_engine(url, wait_seconds=lock_seconds)
        self.reader = reader_beside(self.engine, wait_seconds=lock_seconds)
        self.clock = clock
        self.lock_seconds = lock_seconds
        # The databases' own queues are unfair (SQLite) or cost a connection for each who waits (PostgreSQL):
        # threads of one process queue here.
        self._turn = threading.Lock()

    @contextmanager
    def write(self, *, seconds: float | None = None) -> Iterator[UnitOfWork]:
        """Open a unit of work that no other writer runs beside; it rolls back unless `commit` was called.

        Waits `seconds` for the lock, `lock_seconds` if not given. Raises `Unavailable`: `busy` when it cannot be
        had by then, `read_only` when the database cannot be written or the disk is full, `unreachable` when the
        connection is lost.
        """
        work = None
        try:
            wait = self.lock_seconds if seconds is None else seconds
            with self._turn_within(wait) as left, translated(), self.engine.connect() as connection:
                head = _lock(connection, left)
                work = UnitOfWork(connection, head, self.clock())
                yield work
        finally:
            if work is not None and work.committed:
                work.run_callbacks()

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a view that is consistent from its first query on.

        It waits for nobody, nobody waits for it, and it cannot write.
        """
        with translated(), self.reader.connect() as connection:
            yield UnitOfWork(connection, None, self.clock())

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Open a transaction that takes no turn, for rows that no rule looks at; it commits at its end."""
        with translated(), self.engine.begin() as connection:
            yield connection

    def revision(self) -> int:
        """Return the revision that the database is on."""
        with self.read() as work:
            return work.head.revision

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()
        self.reader.dispose()

    @contextmanager
    def _turn_within(self, seconds: float) -> Iterator[float]:
        deadline = time.monotonic() + seconds
        if not self._turn.acquire(timeout=seconds):
            raise busy(seconds)
        try:
            # In whole tenths, so that the limit is seldom another one than the last time.
            yield max(0.1, ceil((deadline - time.monotonic()) * 10) / 10)
        finally:
            self._turn.release()


class UnitOfWork:
    """A transaction under way: its `connection`, its one moment `now`, and the workspace row `head`.

    One that only reads has no `locked` row, and loads the row when it is asked for.
    """

    def __init__(self, connection: Connection, locked: WorkspaceRow | None, now: datetime) -> None:
        self._connection = connection
        self.now = now
        self.committed = False
        self._loaded = self._head = locked
        self._callbacks: list[Callable[[], None]] = []
        self._later: list[tuple[Prepared, Sequence[Given]]] = []
        self._last: dict[Prepared, list[Given]] = {}

    @property
    def connection(self) -> Connection:
        """The transaction's connection; whoever takes it finds written what `write_later` was given."""
        if self._later:
            with together(self._connection):
                self._write(self._later)
        return self._connection

    @property
    def head(self) -> WorkspaceRow:
        """The workspace row: epoch, revision, counters, demo, owner."""
        if self._head is None:
            self._head = load_head(self.connection)
        return self._head

    def next_release(self) -> int:
        """Take the next release number."""
        self.change_head(last_release=self.head.last_release + 1)
        return self.head.last_release

    def next_settings_change(self) -> int:
        """Take the next number of a settings change."""
        self.change_head(last_settings_change=self.head.last_settings_change + 1)
        return self.head.last_settings_change

    def raise_revision(self) -> int:
        """Return the revision that this change makes: one more than before, however often it is asked for."""
        before = self._loaded or self.head
        self.change_head(revision=before.revision + 1)
        return self.head.revision

    def change_head(self, **changes: Any) -> None:
        """Change fields of the workspace row; they are written once, by `commit`."""
        self._head = replace(self.head, **changes)

    def write_later(self, statement: Prepared, *rows: Given) -> None:
        """Write before the connection is used again: with what else waits for that, in one go."""
        if rows:
            self._later.append((statement, rows))

    def write_last(self, insert: Prepared, row: Given) -> None:
        """Add a row that nothing in this transaction reads: `commit` writes those of a table together."""
        self._last.setdefault(insert, []).append(row)

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once this is committed and the lock is free again; never after a rollback."""
        self._callbacks.append(callback)

    def commit(self) -> None:
        """Write the workspace row, tell the other processes and commit. Raises `Unavailable`."""
        if self.committed or self._loaded is None:
            raise RuntimeError("This unit of work is committed or only reads; open another one with write().")
        with translated(), together(self._connection):
            self._write([*self._later, *self._last.items()])
            save_head(self._connection, self._loaded, self.head)
        try:
            with translated():
                self._connection.commit()
        except Unavailable as error:
            raise commit_unknown() if error.code == "unreachable" else error from error
        self.committed = True

    def run_callbacks(self) -> None:
        """Run what waited for the commit. A callback that fails is logged: the change itself stands."""
        for callback in self._callbacks:
            try:
                callback()
            except Exception:
                _log.exception("A callback failed after a commit")

    def _write(self, waiting: Sequence[tuple[Prepared, Sequence[Given]]]) -> None:
        self._later = []
        for statement, rows in waiting:
            statement.run(self._connection, rows)


def _lock(connection: Connection, seconds: float) -> WorkspaceRow:
    if connection.dialect.name == "sqlite":
        connection.execution_options(**{WAIT_SECONDS: seconds})
        return load_head(connection)
    # The second limit frees the lock when the host that holds it has vanished.
    with together(connection):
        send(connection, f"SET LOCAL lock_timeout = {max(1, int(seconds * 1000))}")
        send(connection, "SET LOCAL idle_in_transaction_session_timeout = 60000")
        return load_head(connection, lock=True)
