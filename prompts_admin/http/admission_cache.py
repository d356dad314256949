"""Who may be served what, as it was last found: for answers while the store cannot be read, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from prompts_admin.serving.recently_used import RecentlyUsed

_MOST = 10_000
_RECENT_SECONDS = 600.0
_RETRY_SECONDS = 1.0

V = TypeVar("V")


class LastKnown(Generic[V]):
    """Remembers by what was presented, a hash of it; for any number of threads.

    Found is only what was good shortly before the store failed: a credential that ended earlier and was not
    presented since stays out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: RecentlyUsed[str, tuple[float, V]] = RecentlyUsed(_MOST)
        self._well_at = clock()
        self._retry_at = 0.0

    @property
    def is_failing(self) -> bool:
        """True for a second after the store failed: asking it again might take every thread some time."""
        return self._clock() < self._retry_at

    def keep(self, presented: str, value: V) -> None:
        """Remember what the store said just now."""
        with self._found.lock:
            self._well_at, self._retry_at = self._clock(), 0.0
            self._found.put(presented, (self._well_at, value))

    def forget(self, presented: str) -> None:
        """Forget what is not good any more."""
        self._found.forget(presented)

    def find(self, presented: str) -> V | None:
        """Return what was last known, None for nothing; called when the store fails."""
        with self._found.lock:
            if not self.is_failing:
                self._retry_at = self._clock() + _RETRY_SECONDS
            at, value = self._found.get(presented) or (None, None)
        return value if at is not None and at >= self._well_at - _RECENT_SECONDS else None
