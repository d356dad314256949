"""The holder: the snapshots that a client answers from, and which keys differ from one to the next.

It has the newest of the server or the disk, and the fallback that the program brought along.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from prompts_admin.domain.targeting.snapshot import Snapshot, Version, supersedes
from prompts_admin.domain.targeting.snapshot_codec import advance
from prompts_admin.sdk.freshness import DISK, FALLBACK, Freshness
from prompts_admin.sdk.lookup import Lookup, make_lookup
from prompts_admin.sdk.snapshots.lazy_values import LazyValues

_log = logging.getLogger(__name__)
_NOTHING = Lookup({}, {})


@dataclass(frozen=True, slots=True)
class HeldSnapshot:
    """A snapshot with its look-up tables and its freshness, ready to be asked."""

    snapshot: Snapshot
    lookup: Lookup
    freshness: Freshness

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
        self.freshness = Freshness(clock)
        self._ignored = ignored or (lambda _key, _names: None)
        self.current: HeldSnapshot | None = None
        self._is_asleep = False
        self.fallback = self._held(fallback, None, Freshness(clock, FALLBACK)) if fallback else None
        self.lookup = self.fallback.lookup if self.fallback else _NOTHING
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
        self.freshness.confirmed(age, source)
        return True

    def keep(self, snapshot: Snapshot, age: float) -> None:
        """Take a snapshot that an earlier process kept on disk, `age` seconds old."""
        self.offer(snapshot, source=DISK, age=age)

    def sleep(self) -> None:
        """Have every call take the slow path, until `wake`."""
        self.lookup, self._is_asleep = _NOTHING, True

    def wake(self) -> bool:
        """Have calls take the fast path again; False when another thread did that."""
        with self._lock:
            held = self.current or self.fallback
            is_first, self._is_asleep = self._is_asleep, False
            self.lookup = held.lookup if held else _NOTHING
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
            self._swap(advance(held.snapshot, delta, pack=LazyValues()))
        self.freshness.confirmed()
        return True

    def _swap(self, snapshot: Snapshot) -> None:
        self.current = self._held(snapshot, self.current, self.freshness)
        self.lookup = self.current.lookup

    def _held(self, snapshot: Snapshot, old: HeldSnapshot | None, freshness: Freshness) -> HeldSnapshot:
        before = (old.snapshot, old.lookup) if old else None
        return HeldSnapshot(snapshot, make_lookup(snapshot, freshness, self._ignored, before), freshness)


class ChangedKeys:
    """A listener of the holder that tells another one the keys of which something changed, if any did."""

    def __init__(self, holder: Holder, listener: Callable[[frozenset[str]], None]) -> None:
        self._holder = holder
        self._listener = listener
        self._seen = self._snapshot()

    def __call__(self) -> None:
        """Look what is new since the last call."""
        before, now = self._seen, self._snapshot()
        if now is None or now is before:
            return
        self._seen = now
        keys = changed_keys(before, now)
        if keys:
            self._listener(keys)

    def _snapshot(self) -> Snapshot | None:
        held = self._holder.current or self._holder.fallback
        return held.snapshot if held else None


def changed_keys(old: Snapshot | None, new: Snapshot) -> frozenset[str]:
    """Return the keys that somebody may get another answer for: what is live of them, for whom, or their content."""
    if old is None:
        return frozenset(new.entries)
    was, now = old.ruleset.ladders, new.ruleset.ladders
    return frozenset(
        key
        for key in {*was, *now}
        if was.get(key) != now.get(key)
        or _contents(old.versions.get(key)) != _contents(new.versions.get(key))
    )


def _contents(versions: Mapping[int, Version] | None) -> list[tuple[int, str, bool]]:
    return [(number, one.digest, one.marked) for number, one in sorted((versions or {}).items())]
