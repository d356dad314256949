"""A memory that cannot grow without end: what was least recently used is forgotten.

`functools.lru_cache` serves where a function's arguments say all; this is for what is looked up and put in apart.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class RecentlyUsed(Generic[K, V]):
    """At most `most` values by key; any number of threads may use it.

    Whoever has to look and put in one go takes `lock` around both.
    """

    def __init__(self, most: int) -> None:
        self.lock = RLock()
        self._most = most
        self._found: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: K) -> V | None:
        """Return a value and count it as used, None when it is not here."""
        with self.lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key]

    def put(self, key: K, value: V) -> None:
        """Keep a value as the last used, and forget the first of too many."""
        with self.lock:
            self._found[key] = value
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)

    def forget(self, key: K) -> None:
        """Forget a value, if it is here."""
        with self.lock:
            self._found.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self._found.clear()

    def forget_while(self, is_over: Callable[[V], bool]) -> None:
        """Forget the least recently used, one after the other, while `is_over` holds of them."""
        with self.lock:
            while self._found and is_over(next(iter(self._found.values()))):
                self._found.popitem(last=False)
