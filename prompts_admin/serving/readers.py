"""The processes that serve from a snapshot, as far as they were heard: which revision each is on."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

MOST = 20_000
MOST_ASKING = 20_000
ASKED_SECONDS = 60.0
MISSED = 2.0
"""A reader counts as live while it was heard within so many of the intervals that it named."""
LONGEST = 300.0
DEFAULT_EVERY = 30.0
LEFT_SECONDS = 10.0
"""A reader whose stream ended without a word counts for so long, unless it is heard again."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says of itself: an id that is its own, the revision it serves, and when it speaks again."""

    reader: str
    revision: int | None
    sdk: str = ""
    host: str = ""
    every: float = DEFAULT_EVERY
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader as it was last heard, at `seen` on the registry's clock; `token` is the name of what it sent."""

    id: str
    revision: int | None
    sdk: str
    host: str
    every: float
    token: str
    seen: float
    since: float
    """When it was first heard with this revision."""

    def is_live(self, now: float) -> bool:
        """Tell whether it was heard within two of its intervals."""
        return now - self.seen <= MISSED * self.every


class Readers:
    """Any number of threads may use it. What is not heard any more is forgotten, the longest silent first."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = Lock()
        self._readers: OrderedDict[str, Reader] = OrderedDict()
        self._asking: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._changed: set[str] = set()

    def heard(self, report: Report, *, token: str) -> None:
        """Note what a reader said."""
        now = self.clock()
        with self._lock:
            before = self._readers.pop(report.reader, None)
            self._changed.add(report.reader)
            if report.gone:
                return
            same = before is not None and before.revision == report.revision
            self._readers[report.reader] = Reader(
                report.reader,
                report.revision,
                report.sdk,
                report.host,
                min(max(report.every, 1.0), LONGEST),
                token,
                now,
                before.since if same and before else now,
            )
            if len(self._readers) > MOST:
                self._readers.popitem(last=False)

    def left(self, reader: str) -> None:
        """Note that the stream of a reader ended: it comes back soon, or it has ended itself."""
        now = self.clock()
        with self._lock:
            known = self._readers.get(reader)
            if known is None:
                return
            until = min(now + LEFT_SECONDS, known.seen + MISSED * known.every)
            self._readers[reader] = replace(known, every=max(0.0, until - known.seen) / MISSED)
            self._changed.add(reader)

    def asked(self, key: str, address: str) -> None:
        """Note a client that only asks: OFREP, REST, a CDN."""
        with self._lock:
            self._asking.pop((key, address), None)
            self._asking[key, address] = self.clock()
            if len(self._asking) > MOST_ASKING:
                self._asking.popitem(last=False)

    def live(self) -> list[Reader]:
        """Return the readers that are live, those longest silent first, and forget the others."""
        now = self.clock()
        with self._lock:
            for reader in [one for one in self._readers.values() if not one.is_live(now)]:
                del self._readers[reader.id]
            return list(self._readers.values())

    def asking(self) -> int:
        """Return how many clients that only ask were seen in the last minute."""
        now = self.clock()
        with self._lock:
            while self._asking and now - next(iter(self._asking.values())) > ASKED_SECONDS:
                self._asking.popitem(last=False)
            return len(self._asking)

    def take_changed(self) -> tuple[list[Reader], list[str]]:
        """Return the readers that were heard since the last call, and the ids of those that said goodbye."""
        with self._lock:
            ids, self._changed = self._changed, set()
            heard = [self._readers[name] for name in ids if name in self._readers]
            return heard, [name for name in ids if name not in self._readers]


def merged(own: Iterable[Reader], others: Iterable[Reader]) -> list[Reader]:
    """Return readers that several processes have heard, each as it was heard last."""
    found: dict[str, Reader] = {}
    for reader in (*others, *own):
        known = found.get(reader.id)
        if known is None or reader.seen >= known.seen:
            since = min(known.since, reader.since) if known and known.revision == reader.revision else None
            found[reader.id] = replace(reader, since=since) if since is not None else reader
    return list(found.values())
