"""A request and its answer on the event loop, with no framework between."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from uuid import uuid4

from prompts_admin.domain.errors import Refused
from prompts_admin.http.problem_documents import CONTENT_TYPE, headers_of, problem_document
from prompts_admin.http.representations import Header, takes_gzip
from prompts_admin.http.security_headers import ALWAYS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON = b"application/json"
MOST_BODY = 1_048_576


class SenderLeft(ConnectionError):
    """Whoever asked has gone before the request was whole."""


def header(name: str, value: str) -> Header:
    """Return a header as bytes."""
    return name.lower().encode("latin-1"), value.encode("latin-1", "replace")


# What a browser asks of an answer that is data and no page; each header costs as much as a look-up.
_KEPT = ("X-Content-Type-Options", "X-Frame-Options")
GUARDS: tuple[Header, ...] = (
    header("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    *(header(name, ALWAYS[name]) for name in _KEPT),
)
# What goes out without its request having been read: the next one could not be told from its rest.
CLOSED: tuple[Header, ...] = (
    *(header(name, value) for name, value in ALWAYS.items() if header(name, "")[0] not in dict(GUARDS)),
    (b"connection", b"close"),
)


class Request:
    """What was sent; headers are looked up by their lower-case names."""

    __slots__ = ("_headers", "_receive", "method", "path", "query", "scope", "secret")

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._receive = receive
        self.secret: bytes = self._secret()
        """The bearer token or API key, empty for none."""

    def header(self, name: bytes) -> bytes:
        """Return a header's value, empty when it was not sent."""
        return self._headers.get(name, b"")

    def text(self, name: bytes, most: int) -> str:
        """Return a header's value as at most so many printable characters."""
        found = self.header(name)[:most].decode("latin-1")
        return found if found.isprintable() and found.isascii() else ""

    @property
    def address(self) -> str:
        """The address that the request came from."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def takes_gzip(self) -> bool:
        """True when the sender accepts gzip."""
        return takes_gzip(self.header(b"accept-encoding"))

    def _secret(self) -> bytes:
        scheme, _, secret = self._headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer":
            return secret.strip()
        return b"" if scheme else self._headers.get(b"x-api-key", b"").strip()

    async def body(self, most: int = MOST_BODY) -> bytes:
        """Return the body; raises Refused `too_large`, also for one whose length was not told."""
        length = self.header(b"content-length")
        if length.isdigit() and int(length) > most:
            raise _too_large(most)
        parts, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise SenderLeft
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise _too_large(most)
            if not message.get("more_body", False):
                return b"".join(parts)

    async def left(self) -> None:
        """Return once the sender has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def answer_headers(length: int, headers: Iterable[Header], kind: bytes = JSON) -> list[Header]:
    """Return all headers of an answer with a body."""
    return [*GUARDS, *headers, (b"content-type", kind), (b"content-length", b"%d" % length)]


async def reply(
    send: Send, status: int, body: bytes, headers: Iterable[Header] = (), *, kind: bytes = JSON
) -> None:
    """Send a whole answer."""
    given = [*GUARDS, *headers] if status == 304 else answer_headers(len(body), headers, kind)
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


async def reply_problem(send: Send, error: Exception, headers: Iterable[Header] = ()) -> int:
    """Send the problem document of an error, as every other face does; return its status."""
    document = problem_document(error, uuid4().hex)
    given = [header(*one) for one in headers_of(error, document).items()]
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    status = int(document["status"])
    kind = CONTENT_TYPE.encode()
    await reply(send, status, body, [*headers, *given, (b"cache-control", b"no-store")], kind=kind)
    return status


def _too_large(most: int) -> Refused:
    return Refused("too_large", f"The request has more than {most} bytes.", "Send less at once.")
