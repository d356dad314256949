"""The asynchronous shell: hot reads and streams are answered here, pages and API in a pool of threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from prompts_admin.domain.errors import ProductError, Refused, Unavailable, Usage
from prompts_admin.edge.http_messages import CLOSED, SenderLeft, reply_problem
from prompts_admin.edge.routes import Edge
from prompts_admin.server.wsgi_bridge import Bridge, Message, Receive, Send

CREDENTIALS = (b"authorization", b"x-api-key")
Scope = MutableMapping[str, Any]


class Application:
    """Answers what is for the event loop, and passes the rest to the WSGI application in threads.

    Bodies of unknown length are counted here: behind WSGI an over-long one would only be cut off. Together
    they take no more memory than one of them may: anybody can send them, before it is known who asks.
    """

    def __init__(self, wsgi: Any, *, threads: int, max_body: int, edge: Edge | None = None) -> None:
        self._pages = Bridge(wsgi, threads=threads)
        self._edge = edge
        self._max_body = max_body
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if len(headers) < len(scope["headers"]) and _says_twice_who_asks(scope["headers"]):
                await self._refuse(scope, receive, send, _credential_twice())
            elif b"transfer-encoding" in headers:
                await self._of_unknown_length(scope, headers, receive, send)
            elif self._edge and (ready := self._edge.at_once(scope, headers)):
                await send(ready[0])
                await send(ready[1])
            else:
                await self._pass(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Who left in the middle of a request gets no answer, and is no fault of the server's.
        with suppress(SenderLeft):
            if not (self._edge and await self._edge(scope, receive, send)):
                await self._pages(scope, receive, send)

    async def _of_unknown_length(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        if b"content-length" in headers:
            # Two lengths for one body is how requests are smuggled past a proxy.
            await self._refuse(scope, receive, send, _two_lengths())
            return
        parts: list[bytes] = []
        try:
            refused = await self._read_all(receive, parts)
            if refused:
                await self._refuse(scope, receive, send, refused)
                return
            await self._pass(scope, _replay(b"".join(parts), receive), send)
        except SenderLeft:
            return
        finally:
            self._held -= sum(map(len, parts))

    async def _read_all(self, receive: Receive, parts: list[bytes]) -> ProductError | None:
        """Add the body to `parts`; return its refusal when it is too long, or others fill the room."""
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                # What came is no whole request, and must not be taken for one.
                raise SenderLeft
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            self._held += len(parts[-1])
            more = message.get("more_body", False)
            if size > self._max_body:
                detail = f"The request has more than {self._max_body} bytes."
                return Refused("too_large", detail, "Send less at once.")
            if self._held > self._max_body:
                detail = "Other requests of unknown length take all the room that there is."
                return Unavailable("busy", detail, "Send a Content-Length, or try again in a moment.")
        return None

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: ProductError) -> None:
        if self._edge:
            await self._edge.refuse(scope, receive, send, error)
        else:
            await reply_problem(send, error, CLOSED)


def _says_twice_who_asks(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a credential was sent twice: a proxy may have looked at the other one."""
    names = [name for name, _ in headers]
    return any(names.count(name) > 1 for name in CREDENTIALS)


def _credential_twice() -> Usage:
    named = " or ".join(f"'{name.decode().title()}'" for name in CREDENTIALS)
    return Usage("malformed", f"A header {named} stands twice.", "Send one credential, once.")


def _two_lengths() -> Usage:
    detail = "Both 'Content-Length' and 'Transfer-Encoding' say how long the body is."
    return Usage("malformed", detail, "Send one of the two.")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
