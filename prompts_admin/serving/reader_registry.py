"""The registry of readers: the processes that serve from a snapshot, and which revision each was heard on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

from prompts_admin.serving.reader_table import Reader, ReaderTable, Who
from prompts_admin.serving.recently_used import RecentlyUsed

# Addresses are the callers' own: without a bound they could fill the memory.
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


class Readers:
    """Any number of threads may use it. What is not heard any more is forgotten, the longest silent first.

    A reader is known by its token and its id: no token speaks for the readers of another.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = Lock()
        self._readers = ReaderTable()
        self._asking: RecentlyUsed[tuple[str, str], float] = RecentlyUsed(MOST_ASKING)
        self._changed: set[Who] = set()

    def heard(self, report: Report, *, token: str, owner: str) -> None:
        """Note what a reader said; `owner` is the id of its token, `token` the name."""
        now, who = self.clock(), (owner, report.reader)
        with self._lock:
            before = self._readers.pop(who)
            self._changed.add(who)
            if report.gone:
                return
            same = before is not None and before.revision == report.revision
            reader = Reader(
                *who,
                report.revision,
                report.sdk,
                report.host,
                min(max(report.every, 1.0), LONGEST),
                token,
                now,
                before.since if same and before else now,
            )
            forgotten = self._readers.put(reader)
            if forgotten:
                self._changed.add(forgotten)

    def left(self, who: Who) -> None:
        """Note that the stream of a reader ended: it comes back soon, or it has ended itself."""
        now = self.clock()
        with self._lock:
            known = self._readers.get(who)
            if known is None:
                return
            until = min(now + LEFT_SECONDS, known.seen + MISSED * known.every)
            self._readers.update(replace(known, every=max(0.0, until - known.seen) / MISSED))
            self._changed.add(who)

    def asked(self, key: str, address: str) -> None:
        """Note a client that only asks: OFREP, REST, a CDN."""
        self._asking.put((key, address), self.clock())

    def live(self) -> list[Reader]:
        """Return the readers that are live, those longest silent first, and forget the others."""
        now = self.clock()
        with self._lock:
            known = self._readers.all()
            for reader in known:
                if not is_live(reader, now):
                    self._readers.pop(reader.who)
        return sorted((one for one in known if is_live(one, now)), key=lambda one: one.seen)

    def asking(self) -> int:
        """Return how many clients that only ask were seen in the last minute."""
        now = self.clock()
        self._asking.forget_while(lambda asked: now - asked > ASKED_SECONDS)
        return len(self._asking)

    def take_changed(self) -> tuple[list[Reader], list[Who]]:
        """Return the readers that were heard since the last call, and those that are here no longer."""
        with self._lock:
            changed, self._changed = self._changed, set()
            found = {who: self._readers.get(who) for who in changed}
        gone = [who for who, reader in found.items() if reader is None]
        return [reader for reader in found.values() if reader is not None], gone


def is_live(reader: Reader, now: float) -> bool:
    """Tell whether a reader was heard within two of its intervals."""
    return now - reader.seen <= MISSED * reader.every


def merged(own: Iterable[Reader], others: Iterable[Reader]) -> list[Reader]:
    """Return readers that several processes have heard, each as it was heard last."""
    found: dict[Who, Reader] = {}
    for reader in (*others, *own):
        known = found.get(reader.who)
        if known is None or reader.seen >= known.seen:
            since = min(known.since, reader.since) if known and known.revision == reader.revision else None
            found[reader.who] = replace(reader, since=since) if since is not None else reader
    return list(found.values())
