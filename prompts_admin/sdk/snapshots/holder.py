"""The snapshots that a client knows: the newest from the server or the disk, and the one bundled with the program."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from prompts_admin.domain.targeting.snapshot import Snapshot, supersedes
from prompts_admin.domain.targeting.snapshot_codec import advance
from prompts_admin.sdk.freshness import DISK, FALLBACK, Standing
from prompts_admin.sdk.lookup import Cards, make_cards
from prompts_admin.sdk.snapshots.lazy_values import Packer

_log = logging.getLogger(__name__)
_NO_CARDS = Cards({}, {})


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot, ready to be asked."""

    snapshot: Snapshot
    cards: Cards
    standing: Standing

    @property
    def position(self) -> tuple[str, int]:
        """Epoch and revision."""
        return self.snapshot.epoch, self.snapshot.revision


class Holder:
    """Swapped in one step by the threads that fetch; read by any number of threads without a lock."""

    def __init__(
        self,
        fallback: Snapshot | None = None,
        clock: Callable[[], float] = time.monotonic,
        ignored: Callable[[str, frozenset[str]], None] | None = None,
    ) -> None:
        self.standing = Standing(clock)
        self._ignored = ignored or _unheard
        self.current: Held | None = None
        self._is_asleep = False
        self.fallback = self._held(fallback, None, Standing(clock, FALLBACK)) if fallback else None
        self.cards = self.fallback.cards if self.fallback else _NO_CARDS
        self.reset_lock()

    def reset_lock(self) -> None:
        """Have a new lock: in a forked child the old one may be held by a thread that does not exist there."""
        self._lock = Lock()

    def offer(self, snapshot: Snapshot, *, source: str | None = None, age: float = 0.0) -> bool:
        """Take a snapshot of the server; False for one older than what is held in the same epoch.

        One of the same revision only confirms what is held. `age` in seconds, for one that was kept.
        """
        with self._lock:
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
            if supersedes(snapshot, held.snapshot if held else None):
                self._swap(snapshot)
        self.standing.confirmed(age, source)
        return True

    def keep(self, snapshot: Snapshot, age: float) -> None:
        """Take a snapshot that an earlier process kept on disk, `age` seconds old."""
        self.offer(snapshot, source=DISK, age=age)

    def sleep(self) -> None:
        """Have every call take the careful way, until `wake`."""
        self.cards, self._is_asleep = _NO_CARDS, True

    def wake(self) -> bool:
        """Have calls take the quick way again; False when another thread did that."""
        with self._lock:
            held = self.current or self.fallback
            is_first, self._is_asleep = self._is_asleep, False
            self.cards = held.cards if held else _NO_CARDS
            return is_first

    def advance(self, delta: Mapping[str, object]) -> bool:
        """Go on by a partial document; False when it does not start from what is held.

        Raises `ProductError` or ValueError for one that cannot be read. An old one is no news and True.
        """
        with self._lock:
            held = self.current
            if held is None:
                return False
            if (delta.get("epoch"), delta.get("since")) != held.position:
                revision = delta.get("revision")
                is_old = isinstance(revision, int) and revision <= held.snapshot.revision
                return is_old and delta.get("epoch") == held.snapshot.epoch
            self._swap(advance(held.snapshot, delta, pack=Packer()))
        self.standing.confirmed()
        return True

    def _swap(self, snapshot: Snapshot) -> None:
        self.current = self._held(snapshot, self.current, self.standing)
        self.cards = self.current.cards

    def _held(self, snapshot: Snapshot, old: Held | None, standing: Standing) -> Held:
        before = (old.snapshot, old.cards) if old else None
        return Held(snapshot, make_cards(snapshot, standing, self._ignored, before), standing)


def _unheard(_key: str, _names: frozenset[str]) -> None:
    """Take note of ignored variables for nobody."""
