"""Connections that ask nothing: a head that never ends would otherwise keep its place for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any
from weakref import WeakSet

SECONDS = 10.0
"""Between two looks; who says nothing whole between two of them is cut at the second."""


class HalfOpen:
    """Looks at the connections of a server from time to time, which costs those that ask nothing at all."""

    def __init__(self, connections: Collection[Any], *, seconds: float = SECONDS) -> None:
        self._connections = connections
        self._seconds = seconds
        self._seen: WeakSet[Any] = WeakSet()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._seconds)
            self.look()

    def look(self) -> None:
        """Cut what was waiting for a whole head at the look before, and still is."""
        waiting = WeakSet(each for each in self._connections if _is_waiting(each))
        for connection in waiting & self._seen:
            connection.transport.close()
        self._seen = waiting


def _is_waiting(connection: Any) -> bool:
    """Tell whether bytes of a head are awaited; between two requests uvicorn itself counts the seconds."""
    cycle = connection.cycle
    if cycle is not None and not cycle.response_complete:
        return False
    return connection.timeout_keep_alive_task is None
