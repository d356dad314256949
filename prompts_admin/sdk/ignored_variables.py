"""Ignored variables: those that callers send and nothing declares, counted, and warned of once each."""

from __future__ import annotations

import logging
from threading import Lock

# Names come from callers: one that makes them up must not fill the memory.
_MOST = 1_000

_log = logging.getLogger(__name__)


class IgnoredVariables:
    """Counts by key and variable, for at most a thousand pairs."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self.forked()

    def note(self, key: str, names: frozenset[str]) -> None:
        """Count one rendering of `key` with variables that nothing declares."""
        for name in sorted(names):
            with self._lock:
                count = self._counts.get((key, name), 0)
                if count or len(self._counts) < _MOST:
                    self._counts[key, name] = count + 1
                is_first = count == 0 and (key, name) in self._counts
            if is_first:
                _log.warning("'%s' declares no variable '%s'; it is ignored from now on.", key, name)

    def forked(self) -> None:
        """Have a lock that no thread of a parent process holds."""
        self._lock = Lock()

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how often each pair of key and variable was ignored."""
        with self._lock:
            return dict(self._counts)
