"""Keeping the snapshot fresh by asking for it, from one thread of the client's own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.sdk.refresh.pending_revision import Wanted
from prompts_admin.sdk.snapshots.holder import Holder
from prompts_admin.sdk.snapshots.lazy_values import Packer
from prompts_admin.sdk.transport.backoff import Backoff
from prompts_admin.sdk.transport.port import Failed, Fetched, Outcome, Transport, Unchanged

_log = logging.getLogger(__name__)

Position = tuple[str, int]
_OLD = Failed("The server is behind what it told.")


class Keeper:
    """Asks a transport and hands what comes to a holder; no failure leaves it or empties the holder.

    It asks every `every` seconds, and at once for what the stream says that there is and that is not held:
    for one loss once, whoever noticed it. `errands` are done after each round, and give the seconds to the next;
    `farewell` is the last that its thread does.
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
        self._wanted = Wanted()
        self._etag: Etag | None = None
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
        self._etag = Etag(etag, held.position) if etag and held else None

    @property
    def etag(self) -> str | None:
        """The ETag of what is held, None when it is not known."""
        held = self._holder.current
        return self._etag.of(held.position) if self._etag and held else None

    def wait(self, seconds: float) -> bool:
        """Wait until the first question was answered or failed; tells whether it was in time."""
        return self._asked.wait(seconds)

    def want(self, position: Position | None = None, *, within: float = 0.0) -> None:
        """Ask in `within` seconds, unless `position` is held by then; without a position in any case."""
        self._wanted.add(position, time.monotonic() + within)
        self._is_urgent = True
        self._woken.set()

    def wake(self) -> None:
        """Have the errands done now."""
        self._woken.set()

    def ask(self) -> float:
        """Ask once and return the seconds until the next time."""
        with self._asking:
            self._is_urgent = False
            self._wanted.begin()
            outcome = self._ask()
        if not isinstance(outcome, Failed):
            self._note(outcome.problem, "The server cannot be asked, what it published is served: %s")
            self.reached = True
            delay = self._backoff.succeeded(self._every) if self._caught_up() else self._behind.failed(_OLD)
        else:
            self._holder.standing.lost()
            self._note(outcome.problem, "No new snapshot, the last good one stays: %s")
            delay = self._backoff.failed(outcome)
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
            if time.monotonic() >= self._due or (self._is_urgent and self._is_wanted()):
                self._due = time.monotonic() + self.ask()
            self._sleep(self._errands())
        self._farewell()

    def _sleep(self, errand: float | None) -> None:
        """Sleep until something is due or somebody wants something; `errand` in seconds."""
        until = self._due if errand is None else min(self._due, time.monotonic() + errand)
        if self._is_urgent and self._wanted.at is not None:
            until = min(until, self._wanted.at)
        self._woken.wait(max(0.0, until - time.monotonic()))
        self._woken.clear()

    def _is_wanted(self) -> bool:
        held = self._holder.current
        return self._wanted.is_due(held.position if held else None, time.monotonic())

    def _caught_up(self) -> bool:
        """Tell whether an answer was new enough; another process of the server may be a moment behind."""
        if self._is_urgent or not self._is_wanted():
            self._behind.succeeded(0.0)
            return True
        return False

    def _note(self, problem: str | None, said: str) -> None:
        if problem and problem != self.problem:
            _log.warning(said, problem)
        self.problem = problem

    def _ask(self) -> Outcome:
        outcome = self._transport.fetch(self.etag)
        if isinstance(outcome, Unchanged):
            self._holder.standing.confirmed(source=outcome.source)
        return self._take(outcome) if isinstance(outcome, Fetched) else outcome

    def _take(self, fetched: Fetched) -> Outcome:
        try:
            snapshot = compile_snapshot(fetched.document, pack=Packer())
        except (ProductError, ValueError, RecursionError) as error:
            return Failed(str(error))
        if not self._holder.offer(snapshot, source=fetched.source):
            return Failed(f"The server sent revision {snapshot.revision}, which is older than the one held.")
        self._etag = Etag(fetched.etag, (snapshot.epoch, snapshot.revision)) if fetched.etag else None
        return fetched


class Etag:
    """An ETag with what it stands for."""

    def __init__(self, text: str, position: Position) -> None:
        self._text = text
        self._position = position

    def of(self, position: Position) -> str | None:
        """Return the ETag of another revision.

        The server's name epoch and revision, and a wrong guess costs one download; none costs one each time.
        """
        (epoch, revision), (other, newer) = self._position, position
        return self._text.replace(f"{epoch}-{revision}", f"{other}-{newer}", 1)
