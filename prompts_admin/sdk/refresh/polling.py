"""The poller: asks for the snapshot at intervals and when something new is announced, on one thread."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.sdk.snapshots.holder import Holder
from prompts_admin.sdk.snapshots.lazy_values import LazyValues
from prompts_admin.sdk.transport.backoff import Backoff
from prompts_admin.sdk.transport.port import Failed, Fetched, Outcome, Transport, Unchanged

_log = logging.getLogger(__name__)

Position = tuple[str, int]
"""Epoch and revision."""

_OLD = Failed("The server is behind what it told.")


class Poller:
    """Asks a transport and hands the answer to a holder; no failure leaves it or empties the holder.

    It asks every `every` seconds, and at once for a revision that the stream announced and that is not held.
    `errands` run after each round and return the seconds until they are due again; `farewell` is the last call
    of the thread.
    """

    def __init__(
        self,
        transport: Transport,
        holder: Holder,
        *,
        every: float,
        backoff: Backoff | None = None,
        errands: Callable[[], float | None] = lambda: None,
        farewell: Callable[[], None] = lambda: None,
    ) -> None:
        self._transport = transport
        self._holder = holder
        self._every = every
        self._backoff = backoff or Backoff()
        self._errands = errands
        self._farewell = farewell
        self._pending = PendingRevision()
        self._etag: tuple[str, Position] | None = None
        self.problem: str | None = None
        """Why the last question failed, None while all is well."""
        self.reached = False
        """True once the server gave a snapshot, or said that the one held is the newest."""
        self.reborn()

    def reborn(self) -> None:
        """Begin anew, with no thread: at first, and in a forked child."""
        self._asking = Lock()
        self._stopped = Event()
        self._woken = Event()
        self._asked = Event()
        self._thread: Thread | None = None
        self._due = 0.0
        self._is_urgent = False
        self._behind = Backoff()

    def start(self) -> None:
        """Begin to ask in a thread that does not keep the program alive."""
        self._thread = Thread(target=self._run, name="prompts-admin-keeper", daemon=True)
        self._thread.start()

    def knows(self, etag: str | None) -> None:
        """Note the ETag of what is held, when it was kept by an earlier process."""
        held = self._holder.current
        self._etag = (etag, held.position) if etag and held else None

    @property
    def etag(self) -> str | None:
        """The ETag of what is held, None when it is not known."""
        held = self._holder.current
        if not self._etag or not held:
            return None
        # The stream moves on without ETags, but the server's name epoch and revision: a wrong guess costs one
        # download, and to send none would cost one each time.
        text, (epoch, revision) = self._etag
        return text.replace(f"{epoch}-{revision}", f"{held.position[0]}-{held.position[1]}", 1)

    def wait(self, seconds: float) -> bool:
        """Wait until the first question was answered or failed; tells whether it was in time."""
        return self._asked.wait(seconds)

    def want(self, position: Position | None = None, *, within: float = 0.0) -> None:
        """Ask in `within` seconds, unless `position` is held by then; without a position in any case."""
        self._pending.add(position, time.monotonic() + within)
        self._is_urgent = True
        self._woken.set()

    def wake(self) -> None:
        """Have the errands done now."""
        self._woken.set()

    def ask(self) -> float:
        """Ask once and return the seconds until the next time."""
        with self._asking:
            self._is_urgent = False
            self._pending.begin()
            outcome = self._fetch()
        if isinstance(outcome, Failed):
            self._holder.freshness.lost()
            self._note(outcome.problem, "No new snapshot, the last good one stays: %s")
            delay = self._backoff.failed(outcome)
        else:
            self._note(outcome.problem, "The server cannot be asked, what it published is served: %s")
            self.reached = True
            if self._is_urgent or not self._is_pending():
                self._behind.succeeded(0.0)
                delay = self._backoff.succeeded(self._every)
            else:
                # Another process of the server may be a moment behind the one that announced the revision.
                delay = self._behind.failed(_OLD)
        self._asked.set()
        return delay

    def heard(self) -> None:
        """Note that the server says by the stream that what is held is the newest."""
        self.problem = None

    def stop(self, seconds: float) -> None:
        """End the thread, and wait for that as long as given; what is held stays."""
        self._stopped.set()
        self._woken.set()
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopped.is_set():
            # Whoever failed waits as long as is due: only news that came since is worth another question.
            if time.monotonic() >= self._due or (self._is_urgent and self._is_pending()):
                self._due = time.monotonic() + self.ask()
            errand = self._errands()
            until = self._due if errand is None else min(self._due, time.monotonic() + errand)
            if self._is_urgent and self._pending.at is not None:
                until = min(until, self._pending.at)
            self._woken.wait(max(0.0, until - time.monotonic()))
            self._woken.clear()
        self._farewell()

    def _note(self, problem: str | None, said: str) -> None:
        # The same problem is told once, however long it lasts.
        if problem and problem != self.problem:
            _log.warning(said, problem)
        self.problem = problem

    def _is_pending(self) -> bool:
        held = self._holder.current
        return self._pending.is_due(held.position if held else None, time.monotonic())

    def _fetch(self) -> Outcome:
        outcome = self._transport.fetch(self.etag)
        if isinstance(outcome, Unchanged):
            self._holder.freshness.confirmed(source=outcome.source)
        if not isinstance(outcome, Fetched):
            return outcome
        try:
            snapshot = compile_snapshot(outcome.document, pack=LazyValues())
        except (ProductError, ValueError, RecursionError) as error:
            return Failed(str(error))
        if not self._holder.offer(snapshot, source=outcome.source):
            return Failed(f"The server sent revision {snapshot.revision}, which is older than the one held.")
        self._etag = (outcome.etag, (snapshot.epoch, snapshot.revision)) if outcome.etag else None
        return outcome


class PendingRevision:
    """The revision that the stream announced and that is not held yet.

    Set by one thread and met by another, however the revision comes, so that one loss makes one fetch.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._position: Position | None = None
        self._is_blind = False
        self.at: float | None = None
        """When a fetch is due, in seconds of the monotonic clock; None for never."""

    def add(self, position: Position | None, at: float) -> None:
        """Want a position, or without one any answer to a question that is yet to be asked."""
        with self._lock:
            self._is_blind = self._is_blind or position is None
            self._position = position or self._position
            self.at = at if self.at is None else min(at, self.at)

    def begin(self) -> None:
        """Note that a question is being asked: whatever is wanted blindly, its answer will do."""
        with self._lock:
            self._is_blind = False

    def is_due(self, held: Position | None, now: float) -> bool:
        """Tell whether a fetch is due; what is held by now is wanted no longer."""
        with self._lock:
            if self.at is None:
                return False
            wanted = self._position
            is_met = wanted is None or (held is not None and held[0] == wanted[0] and held[1] >= wanted[1])
            if is_met and not self._is_blind:
                self.at, self._position = None, None
                return False
            return now >= self.at
