"""Freshness: the source of a snapshot (a rung of the ladder), and the seconds since the server confirmed it."""

from __future__ import annotations

import logging
from collections.abc import Callable

STREAM = "stream"
POLL = "poll"
PUBLISHED = "published"
MEMORY = "memory"
DISK = "disk"
FALLBACK = "fallback"
DEFAULT = "default"
"""The rungs of the ladder, from the best down."""

_log = logging.getLogger(__name__)


class Freshness:
    """The `source` and `age` of answers: written by the threads that talk to the server, read by any.

    While the stream is open that is the source; else `poll` when the last question was answered, `memory` when
    it was not, and `disk` as long as this process never heard the server.
    """

    def __init__(self, clock: Callable[[], float], source: str = POLL) -> None:
        self._clock = clock
        self._confirmed_at: float | None = None
        self._kept = source
        self._is_streaming = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def source(self) -> str:
        """The rung, one of the names of this module."""
        return STREAM if self._is_streaming else self._kept

    @property
    def is_fresh(self) -> bool:
        """Tell whether the server was heard lately."""
        return self.source in (STREAM, POLL, PUBLISHED)

    @property
    def age(self) -> float | None:
        """Seconds since the server confirmed it, None when it never did."""
        return None if self._confirmed_at is None else max(0.0, self._clock() - self._confirmed_at)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after everything that is noted here; returns a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def confirmed(self, age: float = 0.0, source: str | None = None) -> None:
        """Note that the server says that this is the newest, now or `age` seconds ago."""
        self._confirmed_at = self._clock() - age
        self._kept = source or POLL
        self._tell()

    def streaming(self, is_open: bool) -> None:
        """Note that the stream opened, or that it ended."""
        self._is_streaming = is_open
        self._tell()

    def forked(self) -> None:
        """Note that this process has no stream; nobody is told, since their locks may be held for ever here."""
        self._is_streaming = False

    def lost(self) -> None:
        """Note that the server cannot be asked."""
        if self._kept in (POLL, PUBLISHED):
            self._kept = MEMORY
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                # It runs on the thread that keeps the snapshot fresh, which must go on.
                _log.exception("A listener of the client failed")
