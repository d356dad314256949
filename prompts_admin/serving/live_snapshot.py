"""The live snapshot that this process serves from: always whole, swapped in one step, never waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from prompts_admin.domain.errors import Conflict, Refused, Unavailable
from prompts_admin.domain.targeting.snapshot import Snapshot, supersedes
from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot
from prompts_admin.serving.scopes import Scope
from prompts_admin.serving.snapshot_bytes import Document, Documents

Position = tuple[str, int]
"""Epoch and revision of the store."""
Loader = Callable[[], Mapping[str, Any]]
"""Gives the whole snapshot document, read in one transaction."""
Changes = Callable[[int], Mapping[str, Any] | None]
"""Gives what changed since a revision (see `domain.targeting.snapshot_codec.advance`), None to load the whole."""
Listener = Callable[[Snapshot | None, Snapshot], None]
"""Is told the snapshot before and the one after, in order, once readers get the one after."""

_LOOK_EVERY = 0.05
_RETRY_AFTER = 1.0

_log = logging.getLogger(__name__)


class LiveSnapshot:
    """Holds the newest snapshot for any number of threads.

    A writer calls `changed` after its commit, so that whoever asks afterwards reads the new state: the first
    of them loads it, however many commits there were by then, and the others that ask wait for that. What
    other processes committed is noticed by `current`, which looks at the store's position at most every
    `look_every` seconds: one thread at a time loads, all others go on with the snapshot that is there. When
    the store fails the last good snapshot stays, and `problem` says why.
    """

    def __init__(
        self,
        loader: Loader,
        revision: Callable[[], Position],
        *,
        changes: Changes | None = None,
        look_every: float = _LOOK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loader = loader
        self._position = revision
        self._changes = changes
        self._look_every = look_every
        self._clock = clock
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._look_at = 0.0
        self._wanted = 0
        self._wanted_lock = Lock()
        self._documents = Documents()
        self._listeners: list[Listener] = []
        self.problem: str | None = None
        """Why the newest snapshot could not be loaded, None while all is well."""

    def peek(self) -> Snapshot | None:
        """Return the snapshot in use at once, without looking at the store; None before the first load."""
        return self._snapshot

    def newest(self) -> Snapshot | None:
        """Return the snapshot in use unless a later one is known of that can be loaded: ask `current` for that."""
        snapshot = self._snapshot
        if snapshot is not None and self._wanted > snapshot.revision and self.problem is None:
            return None
        return snapshot

    def current(self) -> Snapshot:
        """Return the newest snapshot known; raises `Unavailable("busy")` when none could be loaded yet."""
        snapshot = self._snapshot
        if snapshot is None:
            with self._lock:
                # A store that just failed is left alone for a moment, whoever asks.
                if self._snapshot is None and self._clock() >= self._look_at:
                    self._refresh()
            if self._snapshot is None:
                detail = "Nothing can be served yet: the store could not be read."
                raise Unavailable("busy", detail, "Try again.")
            return self._snapshot
        if self._wanted > snapshot.revision and self.problem is None:
            self._catch_up()
        elif self._clock() >= self._look_at:
            self._look()
        return self._snapshot or snapshot

    def changed(self, revision: int | None = None) -> None:
        """Have whoever reads from now on read what was committed with `revision`, or a later one.

        It is loaded when somebody reads, but at once where listeners wait for it. After another epoch began
        (a backup was put back) call it without a revision: that loads at once too.
        """
        if revision is not None:
            with self._wanted_lock:
                self._wanted = max(self._wanted, revision)
        if revision is None or self._listeners:
            self._catch_up(always=revision is None)

    def apply(self, delta: Mapping[str, Any]) -> None:
        """Go on by a partial document, or load the whole when that does not fit; an old one is dropped."""
        with self._lock:
            old = self._snapshot
            is_old = old and delta.get("epoch") == old.epoch and delta.get("revision", 0) <= old.revision
            if not is_old and not self._advance(delta):
                self._refresh()

    def document(self, scope: Scope) -> Document:
        """Return the bytes of what a scope sees of the newest snapshot."""
        return self._documents.get(self.current(), scope)

    def document_of(self, snapshot: Snapshot, scope: Scope) -> Document:
        """Return the bytes of what a scope sees of a snapshot that this gave."""
        return self._documents.get(snapshot, scope)

    def noticed(self) -> None:
        """Look at the store now: somebody, perhaps another process, has committed."""
        with self._lock:
            if self._is_behind():
                self._refresh()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at each swap; returns a function that ends it. A listener must be quick."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _catch_up(self, *, always: bool = False) -> None:
        with self._lock:
            if always or self._snapshot is None or self._snapshot.revision < self._wanted:
                self._refresh()

    def _look(self) -> None:
        """Compare with the store's position, unless another thread is at it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._look_at = self._clock() + self._look_every
            if self._is_behind():
                self._refresh()
        finally:
            self._lock.release()

    def _is_behind(self) -> bool:
        snapshot = self._snapshot
        try:
            epoch, revision = self._position()
        except Exception as error:  # whatever the store fails with, serving goes on
            self._failed(error)
            return False
        if snapshot is not None and epoch == snapshot.epoch and revision <= snapshot.revision:
            self.problem = None
            return False
        return True

    def _refresh(self) -> None:
        """Load by the changes if they fit, else the whole; the lock is held."""
        wanted = self._wanted
        try:
            snapshot = self._snapshot
            delta = self._changes(snapshot.revision) if self._changes and snapshot else None
            if delta is None or not self._advance(delta):
                self._swap(compile_snapshot(self._loader()))
            self.problem = None
            with self._wanted_lock:
                # A commit since the load began is still to be loaded.
                if self._wanted == wanted:
                    self._wanted = 0
        except Exception as error:  # whatever the store fails with, serving goes on
            self._failed(error)

    def _advance(self, delta: Mapping[str, Any]) -> bool:
        if self._snapshot is None:
            return False
        try:
            self._swap(advance(self._snapshot, delta))
        except (Conflict, Refused) as refusal:
            _log.info("The change does not fit, so the whole snapshot is loaded: %s", refusal)
            return False
        return True

    def _swap(self, new: Snapshot) -> None:
        old = self._snapshot
        if supersedes(new, old):
            self._snapshot = new
            for listener in tuple(self._listeners):
                listener(old, new)

    def _failed(self, error: Exception) -> None:
        self._look_at = self._clock() + _RETRY_AFTER
        self.problem = f"{type(error).__name__}: {error}"
        _log.warning("The snapshot could not be loaded; the last good one stays: %s", self.problem)
