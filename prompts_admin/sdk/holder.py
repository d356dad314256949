"""The snapshots that a client knows: the newest from the server, and the one bundled with the program."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from prompts_admin.domain.snapshot import Snapshot

POLL = "poll"
MEMORY = "memory"
FALLBACK = "fallback"
DEFAULT = "default"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot with the rung of the ladder that it stands on, and when the server last confirmed it."""

    snapshot: Snapshot
    source: str
    confirmed_at: float | None = None


class Holder:
    """Swapped in one step by the thread that fetches; read by any number of threads without a lock."""

    def __init__(self, fallback: Snapshot | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.current: Held | None = None
        self.fallback = Held(fallback, FALLBACK) if fallback else None

    def offer(self, snapshot: Snapshot) -> bool:
        """Take a snapshot that the server sent, unless it is older than the one held in the same epoch."""
        held = self.current
        if held and snapshot.epoch == held.snapshot.epoch and snapshot.revision < held.snapshot.revision:
            return False
        if held and snapshot.epoch != held.snapshot.epoch:
            _log.warning(
                "The server was put back to another state (epoch '%s'): revision %d follows revision %d.",
                snapshot.epoch,
                snapshot.revision,
                held.snapshot.revision,
            )
        self.current = Held(snapshot, POLL, self._clock())
        return True

    def confirm(self) -> None:
        """Note that the server says nothing is newer."""
        if self.current:
            self.current = Held(self.current.snapshot, POLL, self._clock())

    def lose(self) -> None:
        """Note that the server cannot be asked: what is held is from memory."""
        if self.current and self.current.source != MEMORY:
            self.current = Held(self.current.snapshot, MEMORY, self.current.confirmed_at)

    def age(self, held: Held) -> float | None:
        """Return the seconds since the server confirmed a snapshot, None when it never did."""
        return None if held.confirmed_at is None else max(0.0, self._clock() - held.confirmed_at)
