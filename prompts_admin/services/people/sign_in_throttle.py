"""Counting failed sign-ins in memory, per person and per address, so that guessing is slow."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from prompts_admin.domain.errors import Refused

_MOST_KEYS = 10_000


class Attempts:
    """At most `most` failures in `window` per key; nobody is locked out for longer than the window.

    An attempt counts from its start, so that many at once cannot all slip through; `forgive` takes it back.
    """

    def __init__(self, most: int = 10, window: timedelta = timedelta(minutes=5)) -> None:
        self._most = most
        self._window = window
        self._starts: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, keys: Iterable[str], now: datetime) -> None:
        """Count one attempt under each key; raises Refused("rate_limited") when any has too many.

        A refused attempt is not counted: whoever keeps trying does not prolong the wait of others.
        """
        with self._lock:
            starts = [self._recent(key, now) for key in keys]
            waits = [self._wait(own, now) for own in starts if len(own) >= self._most]
            if waits:
                raise _too_many(max(waits))
            for own in starts:
                own.append(now)

    def forgive(self, keys: Iterable[str], now: datetime) -> None:
        """Take back the attempt begun at `now`, which succeeded."""
        with self._lock:
            for key in keys:
                own = self._recent(key, now)
                if now in own:
                    own.remove(now)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        if key not in self._starts and len(self._starts) >= _MOST_KEYS:
            self._forget(now)
        own = self._starts.setdefault(key, deque())
        while own and now - own[0] >= self._window:
            own.popleft()
        return own

    def _forget(self, now: datetime) -> None:
        """Drop the keys whose attempts are over, and the oldest of the others if there are still too many."""
        current = {key: own for key, own in self._starts.items() if own and now - own[-1] < self._window}
        newest = sorted(current, key=lambda key: current[key][-1])[-_MOST_KEYS // 2 :]
        self._starts = {key: current[key] for key in newest}

    def _wait(self, own: deque[datetime], now: datetime) -> int:
        return max(
            1, min(ceil((own[0] + self._window - now).total_seconds()), ceil(self._window.total_seconds()))
        )


def _too_many(seconds: int) -> Refused:
    return Refused(
        "rate_limited",
        "Too many failed sign-ins.",
        f"Try again in {seconds} s.",
        members={"retry_after": seconds},
    )
