"""On which rung of the ladder a snapshot stands, and how long ago the server confirmed it."""

from __future__ import annotations

from collections.abc import Callable

STREAM = "stream"
POLL = "poll"
MEMORY = "memory"
DISK = "disk"
FALLBACK = "fallback"
DEFAULT = "default"


class Standing:
    """Told by the threads that talk to the server, and asked by the answers, whose `source` and `age` it is.

    While the stream is open that is the source; else `poll` when the last question was answered, `memory` when
    it was not, and `disk` as long as this process never heard the server.
    """

    def __init__(self, clock: Callable[[], float], source: str = POLL) -> None:
        self._clock = clock
        self._confirmed_at: float | None = None
        self._kept = source
        self._is_streaming = False

    @property
    def source(self) -> str:
        """The rung, one of the names of this module."""
        return STREAM if self._is_streaming else self._kept

    @property
    def is_fresh(self) -> bool:
        """Tell whether the server was heard lately."""
        return self.source in (STREAM, POLL)

    @property
    def age(self) -> float | None:
        """Seconds since the server confirmed it, None when it never did."""
        return None if self._confirmed_at is None else max(0.0, self._clock() - self._confirmed_at)

    def confirmed(self, age: float = 0.0, source: str | None = None) -> None:
        """Note that the server says that this is the newest, now or `age` seconds ago."""
        self._confirmed_at = self._clock() - age
        self._kept = source or POLL

    def streaming(self, is_open: bool) -> None:
        """Note that the stream opened, or that it ended."""
        self._is_streaming = is_open

    def lost(self) -> None:
        """Note that the server cannot be asked."""
        if self._kept == POLL:
            self._kept = MEMORY
