"""Keeping the snapshot fresh by asking for it, from one thread of the client's own."""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.snapshot_reading import compile_snapshot
from prompts_admin.sdk.backoff import Backoff
from prompts_admin.sdk.holder import Holder
from prompts_admin.sdk.packing import Packer
from prompts_admin.sdk.transport import Failed, Fetched, Transport, Unchanged

_log = logging.getLogger(__name__)


class Polling:
    """Asks a transport and hands what comes to a holder; no failure leaves it or empties the holder."""

    def __init__(
        self, transport: Transport, holder: Holder, *, every: float, backoff: Backoff | None = None
    ) -> None:
        self._transport = transport
        self._holder = holder
        self._every = every
        self._backoff = backoff or Backoff()
        self._asking = Lock()
        self._stopped = Event()
        self._asked = Event()
        self._etag: str | None = None
        self._thread: Thread | None = None
        self.problem: str | None = None
        """Why the last question failed, None while all is well."""

    def start(self) -> None:
        """Begin to ask in a thread that does not keep the program alive."""
        self._thread = Thread(target=self._run, name="prompts-admin-poll", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until the first question was answered or failed; tells whether it was in time."""
        return self._asked.wait(seconds)

    def ask(self) -> float:
        """Ask once and return the seconds until the next time."""
        with self._asking:
            failure = self._ask()
        self._asked.set()
        if failure is None:
            self.problem = None
            return self._backoff.succeeded(self._every)
        self._holder.standing.lost()
        if failure.problem != self.problem:
            _log.warning("No new snapshot, the last good one stays: %s", failure.problem)
        self.problem = failure.problem
        return self._backoff.failed(failure)

    def stop(self) -> None:
        """End the thread and let the connection go; what is held stays."""
        self._stopped.set()
        if self._thread:
            self._thread.join(1.0)
        self._transport.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._stopped.wait(self.ask())

    def _ask(self) -> Failed | None:
        outcome = self._transport.fetch(self._etag)
        if isinstance(outcome, Failed):
            return outcome
        if isinstance(outcome, Unchanged):
            self._holder.standing.confirmed()
            return None
        return self._take(outcome)

    def _take(self, fetched: Fetched) -> Failed | None:
        try:
            snapshot = compile_snapshot(fetched.document, pack=Packer())
        except (ProductError, ValueError, RecursionError) as error:
            return Failed(str(error))
        if not self._holder.offer(snapshot):
            return Failed(f"The server sent revision {snapshot.revision}, which is older than the one held.")
        self._etag = fetched.etag
        return None
