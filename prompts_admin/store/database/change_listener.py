"""Hear that another process has committed, so that what is held in memory can be read again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.database.workspace_row import CHANNEL

_POLL_SECONDS = 0.05
_LISTEN_SECONDS = 0.2
_UNHEARD_SECONDS = 2.0
"""How long a listener trusts the silence: a connection may be dead without anybody having said so."""
_RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Watcher:
    """A thread that calls `callback` when it begins to watch, after every commit, and after a lost connection.

    Commits of this process are heard too, several quick ones may be heard as one, and it is called every two
    seconds in any case, since what it did the last time may have failed: look at the revision.
    A callback that raises is logged and called again the next time.
    """

    def __init__(self, store: Store, callback: Callable[[], None]) -> None:
        self._engine = store.engine
        self._callback = callback
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; returns when the thread has ended."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        watch = self._watch_file if self._engine.dialect.name == "sqlite" else self._listen
        lost = (sa.exc.SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error)
        while not self._stop.is_set():
            try:
                watch()
            except lost as error:
                _log.warning("Watching the database was interrupted: %s", type(error).__name__)
                self._stop.wait(_RETRY_SECONDS)

    def _watch_file(self) -> None:
        """Compare SQLite's counter of other connections' commits: 3 microseconds each time."""
        with _own_connection(self._engine) as connection:
            seen, told_at = None, 0.0
            while not self._stop.is_set():
                version = connection.execute("PRAGMA data_version").fetchone()
                if version != seen or time.monotonic() - told_at >= _UNHEARD_SECONDS:
                    seen, told_at = version, self._told()
                self._stop.wait(_POLL_SECONDS)

    def _listen(self) -> None:
        """Listen on PostgreSQL; what was sent while nobody listened is not sent again, so tell once at first."""
        with _own_connection(self._engine) as connection:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            told_at = self._told()
            while not self._stop.is_set():
                heard = list(connection.notifies(timeout=_LISTEN_SECONDS, stop_after=1))
                if heard or time.monotonic() - told_at >= _UNHEARD_SECONDS:
                    told_at = self._told()

    def _told(self) -> float:
        """Tell, and return the moment from which the next silence counts."""
        self._tell()
        return time.monotonic()

    def _tell(self) -> None:
        try:
            self._callback()
        except Exception:
            _log.exception("A callback failed after a commit was heard of")


@contextmanager
def _own_connection(engine: Engine) -> Iterator[Any]:
    """Open a connection of the driver, kept outside the pool as long as it is watched."""
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    with closing(pooled):
        yield connection
