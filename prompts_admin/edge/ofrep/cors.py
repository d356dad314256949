"""Which pages of other origins may ask OFREP (Fetch, section 3.3): none, unless settings name them."""

from __future__ import annotations

from prompts_admin.edge.http_messages import Message, Request, Send, reply
from prompts_admin.http.representations import Header

ANY = b"*"
DAY = b"86400"
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, If-None-Match, X-API-Key"),
    (b"access-control-max-age", DAY),
)
_EXPOSED = (b"access-control-expose-headers", b"ETag, Retry-After")
_VARY = (b"vary", b"Origin")


class CrossOrigin:
    """Says in answers which origin may read them; tokens alone admit, so that cookies are never asked for."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = {origin.rstrip("/").encode() for origin in origins}

    def allowing(self, request: Request, send: Send) -> Send:
        """Return a `send` that adds what a page of this origin needs to read the answer."""
        added = self._headers(request)
        if not added:
            return send

        async def allow(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        return allow

    async def preflight(self, request: Request, send: Send) -> None:
        """Answer a browser that asks before it asks."""
        await reply(send, 204, b"", _PREFLIGHT if self._headers(request) else ())

    def _headers(self, request: Request) -> tuple[Header, ...]:
        origin = request.header(b"origin")
        if not origin or not ({origin, ANY} & self._origins):
            return ()
        # What anybody may read is told to all alike: no origin is repeated that was not named.
        said = ANY if ANY in self._origins else origin
        return (b"access-control-allow-origin", said), _EXPOSED, _VARY
