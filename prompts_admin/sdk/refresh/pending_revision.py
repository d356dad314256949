"""What the stream says that there is: a fetch is wanted until that is held, however it came."""

from __future__ import annotations

from threading import Lock

Position = tuple[str, int]


class Wanted:
    """Set by one thread and met by another, so that one loss makes one fetch."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._position: Position | None = None
        self._is_blind = False
        self.at: float | None = None
        """When a fetch is due, in seconds of the monotonic clock; None for never."""

    def add(self, position: Position | None, at: float) -> None:
        """Want a position, or without one any answer to a question that is yet to be asked."""
        with self._lock:
            self._is_blind = self._is_blind or position is None
            self._position = position or self._position
            self.at = at if self.at is None else min(at, self.at)

    def begin(self) -> None:
        """Note that a question is being asked: whatever is wanted blindly, its answer will do."""
        with self._lock:
            self._is_blind = False

    def is_due(self, held: Position | None, now: float) -> bool:
        """Tell whether a fetch is due; what is held by now is wanted no longer."""
        with self._lock:
            if self.at is None:
                return False
            if not self._is_blind and _covers(held, self._position):
                self.at, self._position = None, None
                return False
            return now >= self.at


def _covers(held: Position | None, wanted: Position | None) -> bool:
    return wanted is None or (held is not None and held[0] == wanted[0] and held[1] >= wanted[1])
