"""The hub of the open streams: each change is encoded once for each scope and handed to all of its streams."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from secrets import SystemRandom

from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.serving.live_snapshot import Listener
from prompts_admin.serving.scopes import Scope
from prompts_admin.serving.snapshot_changes import Change, change_between, digest_of, encode_change

WAITING = 64
"""Events that wait for a slow stream before it is ended; it comes back and fetches the whole."""
AT_ONCE = 50
"""So many streams are told of a change before what they send goes out."""
HEARTBEAT = b": heartbeat\n\n"
RETRY_MS = (500, 5_000)
"""Within so many milliseconds readers come back, each at another moment: all at once would be a storm."""


class Stream:
    """One open stream: what is to be sent next, and the task that sends it. None among it ends it.

    `write` sends at once where nothing waits before; it returns what is left to be awaited, None for nothing.
    """

    __slots__ = ("_left", "_parts", "_waiting", "is_cut", "key", "scope", "secret", "task", "write")

    def __init__(self, key: str, secret: bytes, scope: Scope) -> None:
        self.key = key
        self.secret = secret
        self.scope = scope
        self.task: asyncio.Task[None] | None = None
        self.is_cut = False
        self.write: Callable[[bytes], Awaitable[None] | None] | None = None
        self._left: Awaitable[None] | None = None
        self._parts: list[bytes | None] = []
        self._waiting: asyncio.Future[None] | None = None

    def put(self, part: bytes | None) -> None:
        """Hand over what is to be sent; a stream that is too far behind is cut, once."""
        if self.is_cut:
            return
        is_idle = self._waiting is not None and not self._waiting.done()
        if is_idle and part is not None and self.write is not None:
            # The task is not woken for it, which costs more than to send: a change goes to thousands.
            self._left = self.write(part)
            if self._left is None:
                return
        elif len(self._parts) >= WAITING:
            # One that is cut comes back and fetches the whole, which is less than all that it missed.
            self.is_cut = True
            if self.task is not None:
                self.task.cancel()
            return
        else:
            self._parts.append(part)
        if is_idle and self._waiting:
            self._waiting.set_result(None)

    async def take(self) -> list[bytes | None]:
        """Wait until there is something to be sent that could not be sent at once, and return all of it."""
        while not self._parts:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
            left, self._left = self._left, None
            if left is not None:
                await left
        parts, self._parts = self._parts, []
        return parts


class Hub:
    """Used on the event loop alone, but for `changed`, which any thread may call.

    `follow` begins to call `changed` at each swap of the snapshot, and returns what ends that: while no stream
    is open, nobody has to hear of it at once.
    """

    def __init__(
        self,
        *,
        heartbeat: float = 15.0,
        random: SystemRandom | None = None,
        follow: Callable[[Listener], Callable[[], None]] | None = None,
    ) -> None:
        self.heartbeat = heartbeat
        self._follow = follow
        self._unfollow: Callable[[], None] | None = None
        self._due: deque[tuple[Stream, Scope, bytes]] = deque()
        self._random = random or SystemRandom()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: dict[Scope, set[Stream]] = {}
        self._of_key: dict[str, int] = {}
        self.is_closed = False

    def begin(self) -> None:
        """Belong to the running event loop."""
        self._loop = asyncio.get_running_loop()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return sum(self._of_key.values())

    def count_of(self, key: str) -> int:
        """How many streams a token has open."""
        return self._of_key.get(key, 0)

    def add(self, stream: Stream) -> None:
        """Begin to hand changes to a stream."""
        if self._follow and self._unfollow is None:
            self._unfollow = self._follow(self.changed)
        self._streams.setdefault(stream.scope, set()).add(stream)
        self._of_key[stream.key] = self.count_of(stream.key) + 1

    def remove(self, stream: Stream) -> None:
        """End it."""
        group = self._streams.get(stream.scope, set())
        if stream not in group:
            return
        group.discard(stream)
        if not group:
            self._streams.pop(stream.scope, None)
        left = self.count_of(stream.key) - 1
        if left:
            self._of_key[stream.key] = left
        else:
            self._of_key.pop(stream.key, None)
        if not self._of_key and self._unfollow:
            self._unfollow()
            self._unfollow = None

    def streams(self) -> list[Stream]:
        """Return every open stream."""
        return [stream for group in self._streams.values() for stream in group]

    def changed(self, old: Snapshot | None, new: Snapshot) -> None:
        """Tell every stream what changed; called by whichever thread swapped the snapshot."""
        # A stream waits for the first snapshot and begins with it: that is no change.
        if old is None or self._loop is None or not self._of_key:
            return
        change = change_between(old, new)

        def publish() -> None:
            self._tell((scope, self.told(change, new, scope)) for scope in self._streams)

        self._loop.call_soon_threadsafe(publish)

    def beat(self) -> None:
        """Send a sign of life on every stream."""
        self._tell((scope, HEARTBEAT) for scope in self._streams)

    def end(self, streams: Iterable[Stream], reason: str) -> None:
        """Say goodbye, and when to come back; each is told another moment."""
        for stream in list(streams):
            stream.put(self.goodbye(reason))
            stream.put(None)

    def close(self) -> None:
        """End every stream: this process stops."""
        self.is_closed = True
        self.end(self.streams(), "shutdown")

    def hello(self, snapshot: Snapshot, held: str = "") -> bytes:
        """Return the first event of a stream; `held` is the position that its reader has, if it said so."""
        said = {"epoch": snapshot.epoch, "revision": snapshot.revision, "heartbeat": self.heartbeat}
        return event("hello", position(snapshot), said)

    def told(self, change: Change | None, new: Snapshot, scope: Scope) -> bytes:
        """Return the event of a change for a scope, empty when there is nothing to tell."""
        if change is None:
            return event("reset", position(new), {})
        return _event("revision", position(new), encode_change(change, scope), None)

    def reset(self) -> bytes:
        """Return the event after which everything is fetched anew."""
        return event("reset", "", {})

    def goodbye(self, reason: str) -> bytes:
        """Return the last event, which says when to come back; each stream is told another moment."""
        return event("goodbye", "", {"reason": reason}, retry=self._random.randint(*RETRY_MS))

    def _tell(self, parts: Iterable[tuple[Scope, bytes]]) -> None:
        """Tell the streams of each scope their part, in the order in which this is called."""
        is_idle = not self._due
        for scope, part in parts:
            if part:
                self._due.extend((stream, scope, part) for stream in self._streams[scope])
        if is_idle:
            self._hand_out()

    def _hand_out(self) -> None:
        """Tell some streams; what they send leaves before the next are told, and others get a turn."""
        for _ in range(min(AT_ONCE, len(self._due))):
            stream, scope, part = self._due.popleft()
            # Its token may see something else by now: it has been told to begin anew.
            if stream.scope == scope:
                stream.put(part)
        if self._due and self._loop:
            self._loop.call_soon(self._hand_out)


def position(snapshot: Snapshot) -> str:
    """Return a snapshot's place in time as the id of an event."""
    return f"{snapshot.epoch}:{snapshot.revision}"


def event(name: str, where: str, data: object, *, retry: int | None = None) -> bytes:
    """Return a server-sent event of JSON data."""
    return _event(name, where, json.dumps(data, separators=(",", ":")).encode(), retry)


def _event(name: str, where: str, data: bytes, retry: int | None) -> bytes:
    lines = [b"event: %s" % name.encode()]
    if where:
        lines.append(b"id: %s" % where.encode())
    if retry is not None:
        lines.append(b"retry: %d" % retry)
    # A field that parsers of streams skip when they do not know it.
    lines.append(b"digest: %s" % digest_of(data).encode())
    lines.append(b"data: %s" % data)
    return b"\n".join(lines) + b"\n\n"
