"""The newest snapshot on the event loop: mostly there, else loaded once for all who wait."""

from __future__ import annotations

import asyncio

from prompts_admin.domain.errors import Unavailable
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.serving.live_snapshot import LiveSnapshot

PATIENCE = 1.0
"""Seconds that somebody waits for a store that does not answer, before the last good snapshot has to do."""


class Newest:
    """Used on the event loop alone."""

    def __init__(self, live: LiveSnapshot) -> None:
        self._live = live
        self._loading: asyncio.Task[Snapshot] | None = None

    def peek(self) -> Snapshot | None:
        """Return the newest snapshot if it is there, without waiting or looking at the store."""
        return self._live.newest()

    async def get(self) -> Snapshot:
        """Return the newest snapshot; raises Unavailable `busy` when none could be loaded yet."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while (snapshot := self._live.newest()) is None:
            if self._loading is None or self._loading.done():
                self._loading = asyncio.create_task(asyncio.to_thread(self._live.current))
            left = until - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(asyncio.shield(self._loading), left)
            except TimeoutError:
                return self._held()
        return snapshot

    def _held(self) -> Snapshot:
        snapshot = self._live.peek()
        if snapshot is None:
            raise Unavailable("busy", "Nothing can be served yet.", "Try again.")
        return snapshot
