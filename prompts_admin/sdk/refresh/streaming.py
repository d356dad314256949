"""The stream follower: takes each change of what is served from the server's stream, on one thread."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.sdk.refresh.polling import Poller
from prompts_admin.sdk.snapshots.holder import Holder
from prompts_admin.sdk.transport.backoff import Backoff
from prompts_admin.sdk.transport.port import Failed, PushingTransport, Stream
from prompts_admin.sdk.transport.sse import Event, EventParser

HEALTHY = 60.0
"""Seconds that a stream must have lasted for its end to be no sign of trouble."""

_GRACE = 0.25
# More is not believed: a wrong number must not leave the client waiting on a dead stream.
_MOST_HEARTBEAT = 300.0
_LONGEST_RETRY = 300.0
_UNKNOWN_AGAIN = 300.0

_log = logging.getLogger(__name__)


class StreamFollower:
    """Follows one stream after the other, and has the poller fetch whatever the stream cannot give."""

    def __init__(
        self, transport: PushingTransport, holder: Holder, poller: Poller, *, backoff: Backoff | None = None
    ) -> None:
        self._transport = transport
        self._holder = holder
        self._poller = poller
        self._backoff = backoff or Backoff()
        self._stream: Stream | None = None
        self._is_doubted = False
        self.reborn()

    def reborn(self) -> None:
        """Begin anew, with no thread: at first, and in a forked child."""
        self._stopped = Flag()
        self._thread: Thread | None = None
        stream, self._stream = self._stream, None
        if stream:
            stream.abandon()

    def start(self) -> None:
        """Begin to follow in a thread that does not keep the program alive."""
        self._thread = Thread(target=self._run, name="prompts-admin-stream", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End the stream and the thread, and wait for that as long as given."""
        self._stopped.set()
        stream = self._stream
        if stream:
            stream.shut()
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        # The first snapshot is the poller's to fetch: asking for both at once would fetch it twice.
        while not self._stopped.is_set() and not self._poller.wait(0.5):
            pass
        while not self._stopped.is_set():
            self._stopped.wait(self.follow())

    def follow(self) -> float:
        """Follow one stream to its end and return the seconds until the next should be opened."""
        held = self._holder.current
        opened = self._transport.open(held.position if held else None)
        if isinstance(opened, Failed):
            # One question tells whether it is the stream alone that cannot be had.
            if not opened.is_unknown and not self._is_doubted:
                self._is_doubted = True
                self._poller.want()
            delay = self._backoff.failed(opened)
            return max(delay, _UNKNOWN_AGAIN) if opened.is_unknown else delay
        self._is_doubted = False
        began, following = time.monotonic(), OpenStream(self._holder, self._poller, opened)
        self._stream = opened
        try:
            if not self._stopped.is_set():
                following.to_the_end()
        finally:
            self._holder.freshness.streaming(False)
            self._stream = None
            opened.close()
        if time.monotonic() - began >= HEALTHY:
            self._backoff.succeeded(0.0)
        if following.is_barred:
            self._poller.want()
            return self._backoff.failed(Failed("", is_barred=True))
        asked = min(following.retry, _LONGEST_RETRY) if following.has_said_goodbye else 0.0
        return asked or self._backoff.failed(Failed("The stream ended."))


class OpenStream:
    """One open stream: its events, taken into the holder as they come."""

    def __init__(self, holder: Holder, poller: Poller, stream: Stream) -> None:
        self._holder = holder
        self._poller = poller
        self._stream = stream
        self._parser = EventParser()
        self._handlers: dict[str, Callable[[Any], None]] = {
            "hello": self._hello,
            "revision": self._revision,
            "reset": lambda _: self._poller.want(within=_GRACE),
            "goodbye": self._goodbye,
        }
        self._told: tuple[str, int] | None = None
        self.has_said_goodbye = False
        self.is_barred = False

    @property
    def retry(self) -> float:
        """Seconds that the server asked to wait before the next stream."""
        return self._parser.retry or 0.0

    def to_the_end(self) -> None:
        """Take what comes until the stream ends, or sends what cannot be read."""
        try:
            while piece := self._stream.read():
                for event in self._parser.feed(piece):
                    handle = self._handlers.get(event.kind)
                    # A server of tomorrow may send events that are none of ours.
                    if handle is not None:
                        handle(_document(event))
                if self.has_said_goodbye:
                    return
                if self._is_newest():
                    self._holder.freshness.confirmed()
        except (ValueError, RecursionError, ProductError) as error:
            _log.warning("The stream sent what cannot be used, and is opened anew: %s", error)
            self._poller.want()

    def _hello(self, said: dict[str, Any]) -> None:
        self._told = there = _position(said)
        heartbeat = said.get("heartbeat")
        if isinstance(heartbeat, int | float) and 0 < heartbeat <= _MOST_HEARTBEAT:
            self._stream.patience(2 * heartbeat + min(1.0, heartbeat))
        self._holder.freshness.streaming(True)
        if self._is_newest():
            self._poller.heard()
        else:
            # What changed since may follow at once; if not, the whole is fetched.
            self._poller.want(there, within=_GRACE)

    def _revision(self, delta: dict[str, Any]) -> None:
        self._told = _position(delta)
        if self._holder.advance(delta):
            self._poller.wake()
        else:
            self._poller.want(self._told)

    def _is_newest(self) -> bool:
        """Tell whether what is held is what the server told last, or newer."""
        held = self._holder.current
        if held is None or self._told is None:
            return False
        epoch, revision = held.position
        return epoch == self._told[0] and revision >= self._told[1]

    def _goodbye(self, said: dict[str, Any]) -> None:
        self.has_said_goodbye = True
        self.is_barred = said.get("reason") == "token"


def _document(event: Event) -> dict[str, Any]:
    if not event.is_whole:
        raise ValueError("an event that does not have its digest")
    document = json.loads(event.data)
    if not isinstance(document, dict):
        raise ValueError("an event that is no object")
    return document


def _position(said: dict[str, Any]) -> tuple[str, int]:
    epoch, revision = said.get("epoch"), said.get("revision")
    if not isinstance(epoch, str) or isinstance(revision, bool) or not isinstance(revision, int):
        raise ValueError("an event without epoch and revision")
    return epoch, revision
