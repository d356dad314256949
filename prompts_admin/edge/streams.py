"""Server-sent events: one task for each stream, which sends whatever the hub hands over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable

from prompts_admin.domain.errors import NotPermitted, ProductError, Refused, Unavailable
from prompts_admin.edge.admission import Gate
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.eager_start import begin
from prompts_admin.edge.http_messages import GUARDS, Request, Send, SenderLeft
from prompts_admin.edge.reader_reports import report_in
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.hub import Hub, Stream
from prompts_admin.serving.reader_registry import Readers
from prompts_admin.serving.reader_table import Who

RECHECK_SECONDS = 2.0
_HEADERS = (
    *GUARDS,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Proxies would otherwise gather events until a buffer is full.
    (b"x-accel-buffering", b"no"),
)

_log = logging.getLogger(__name__)


class Streams:
    """Opens streams, and ends those whose token has ended."""

    def __init__(
        self, newest: Newest, hub: Hub, gate: Gate, readers: Readers, *, most: int, most_of_token: int
    ) -> None:
        self._newest = newest
        self._hub = hub
        self._gate = gate
        self._readers = readers
        self._most = most
        self._most_of_token = most_of_token
        self._of_reader: dict[Who, Stream] = {}

    async def open(
        self,
        request: Request,
        send: Send,
        admission: Admission,
        *,
        secret: bytes | None = None,
        held: str = "",
    ) -> None:
        """Stream to one reader until it goes, falls too far behind, or its token or this process ends.

        `secret` is what the gate knows it by when that is no token, `held` the position that it has.
        """
        self._check_room(admission)
        stream = Stream(admission.key, request.secret if secret is None else secret, admission.scope)
        stream.task = asyncio.current_task()
        self._hub.add(stream)
        if report := report_in(request):
            self._of_reader[admission.key, report.reader] = stream
        watching = asyncio.create_task(_watch(request, stream))
        try:
            # After it was added: what changes from now on is told, or is in what it begins with.
            await self._begin(request, send, held, admission)
            await _pass_on(send, stream)
        except RuntimeError as error:
            # So says the loop when something is written after the reader went, before it told us of that.
            raise SenderLeft from error
        except asyncio.CancelledError:
            # Too slow: it comes back and fetches the whole. The server would log a cancelled task as a fault.
            with contextlib.suppress(Exception):
                await asyncio.wait_for(send({"type": "http.response.body", "body": b""}), 0.1)
        finally:
            watching.cancel()
            self._hub.remove(stream)
            self._ended(request, stream)

    async def watch(self) -> None:
        """Send heartbeats and look at the tokens of open streams, for as long as the process serves."""
        next_beat = self._hub.heartbeat
        while not self._hub.is_closed:
            await asyncio.sleep(min(RECHECK_SECONDS, self._hub.heartbeat))
            next_beat -= min(RECHECK_SECONDS, self._hub.heartbeat)
            if next_beat <= 0:
                next_beat = self._hub.heartbeat
                self._hub.beat()
            try:
                await self.recheck()
            except Exception:
                _log.exception("The tokens of open streams could not be looked at")

    async def recheck(self) -> None:
        """End the streams of tokens that were revoked or have expired; move those whose scope changed."""
        by_secret: dict[bytes, list[Stream]] = {}
        for stream in self._hub.streams():
            by_secret.setdefault(stream.secret, []).append(stream)
        for secret, streams in by_secret.items():
            try:
                admission = await self._gate.admit(secret)
            except NotPermitted:
                self._hub.end(streams, "token")
            except ProductError as error:
                _log.warning("The token of a stream could not be looked up: %s", error.code)
            else:
                self._move([one for one in streams if one.scope != admission.scope], admission)

    def _move(self, streams: list[Stream], admission: Admission) -> None:
        for stream in streams:
            self._hub.remove(stream)
            stream.scope = admission.scope
            self._hub.add(stream)
            stream.put(self._hub.reset())

    async def _begin(self, request: Request, send: Send, held: str, admission: Admission) -> None:
        snapshot = await self._newest.get()
        report = report_in(request)
        if report:
            self._readers.heard(report, token=admission.name, owner=admission.key)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        hello = self._hub.hello(snapshot, held)
        await send({"type": "http.response.body", "body": hello, "more_body": True})

    def _ended(self, request: Request, stream: Stream) -> None:
        report = report_in(request)
        who = (stream.key, report.reader) if report else None
        # Who is back already has another stream.
        if who and self._of_reader.get(who) is stream:
            del self._of_reader[who]
            self._readers.left(who)

    def _check_room(self, admission: Admission) -> None:
        if self._hub.is_closed:
            raise Unavailable("busy", "This server is stopping.", "Try again in a moment.")
        if self._hub.count >= self._most or self._hub.count_of(admission.key) >= self._most_of_token:
            raise Refused(
                "rate_limited",
                f"{self._hub.count_of(admission.key)} streams of this token are open already.",
                "Share a client between threads, or ask again later.",
                members={"retry_after": 30},
            )


async def _pass_on(send: Send, stream: Stream) -> None:
    def write(part: bytes) -> Awaitable[None] | None:
        return begin(send({"type": "http.response.body", "body": part, "more_body": True}))

    stream.write, more = write, True
    while more:
        parts = await stream.take()
        more = None not in parts
        body = b"".join(part for part in parts if part)
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _watch(request: Request, stream: Stream) -> None:
    """End the stream when its reader goes; nothing else would tell before the next event."""
    await request.left()
    stream.put(None)
