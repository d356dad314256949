"""`GET /ofrep/v1/stream`: says when to ask again, to browsers by a ticket, to others by their token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.admission import Gate
from prompts_admin.edge.http_messages import Request, Send
from prompts_admin.edge.ofrep.messages import parameters_of
from prompts_admin.edge.streams import Streams
from prompts_admin.services.serving.stream_tickets import is_over, ticket_for, window_end
from prompts_admin.serving.hub import Hub, position

STREAM = "/ofrep/v1/stream"
INACTIVITY_SECONDS = 120
_MOST_TEXT = 200


@dataclass(frozen=True)
class Offered:
    """The member `eventStreams` of an answer, and what the ETag must cover of it."""

    document: list[dict[str, Any]]
    tag: str


class OfrepStreams:
    """Offers streams to those who ask for all flags, and opens them."""

    def __init__(
        self,
        streams: Streams,
        hub: Hub,
        gate: Gate,
        *,
        key: str,
        public_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._streams = streams
        self._hub = hub
        self._gate = gate
        self._key = key
        self._public_url = public_url
        self._clock = clock
        self._watching: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Belong to the running event loop."""
        self._hub.begin()
        self._watching = asyncio.get_running_loop().create_task(self._streams.watch())

    def close(self) -> None:
        """End every stream."""
        self._hub.close()
        if self._watching:
            self._watching.cancel()

    @property
    def count(self) -> int:
        """How many streams are open."""
        return self._hub.count

    def offered(self, request: Request, snapshot: Snapshot) -> Offered:
        """Return the stream for an API token; the address holds a ticket and must not be logged."""
        until = window_end(self._clock())
        ticket = ticket_for(request.secret.decode("latin-1"), until, self._key)
        if not ticket:
            return Offered([], "")
        query = urlencode({"ticket": ticket, "at": position(snapshot)}, safe=":")
        url = f"{self._public_url or _own_address(request)}{STREAM}?{query}"
        return Offered([{"type": "sse", "url": url, "inactivityDelaySec": INACTIVITY_SECONDS}], str(until))

    async def open(self, request: Request, send: Send) -> None:
        """Stream to whoever has a ticket or a token; raises NotPermitted, Refused `rate_limited`."""
        query = parameters_of(request)
        ticket, at = (query.get(name, "")[:_MOST_TEXT] for name in ("ticket", "at"))
        if ticket and is_over(ticket, self._clock()):
            raise NotPermitted("unauthenticated", "This ticket has ended.", "Ask for the flags again.")
        secret = ticket.encode() or request.secret
        admission = await self._gate.let_in(secret)
        held = request.text(b"last-event-id", _MOST_TEXT) or at
        await self._streams.open(request, send, admission, secret=secret, held=held)


def _own_address(request: Request) -> str:
    host = request.text(b"host", _MOST_TEXT)
    return f"{request.scope.get('scheme', 'http')}://{host}"
