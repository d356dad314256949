"""From ASGI to WSGI and back: one hop into a thread and one out of it for a request of ordinary size."""

from __future__ import annotations

import asyncio
import contextvars
import io
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi.wsgi import build_environ

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

EVENTS = b"text/event-stream"
"""What answers of this type yield is sent at once; whoever left ends them."""
AT_ONCE = 65_536
"""Up to so many bytes a body is taken in before a thread is, and an answer is sent in one piece."""


class Bridge:
    """Runs a WSGI application in a bounded pool of threads.

    `a2wsgi.WSGIMiddleware` goes to the loop and back for each piece of body and answer, which takes 0.2 to 0.4 ms of
    CPU more (`docs/performance.md`); here threads do that for what is long alone.
    """

    def __init__(self, wsgi: Any, *, threads: int) -> None:
        self._wsgi = wsgi
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="WSGI")

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        environ: dict[str, Any] = dict(build_environ(scope, await _input(scope, receive, loop)))
        # Without this Werkzeug reads no body that has no length.
        environ["wsgi.input_terminated"] = True
        answer = _Answer(send, loop, receive)
        context = contextvars.copy_context()
        try:
            rest = await loop.run_in_executor(self._pool, context.run, answer.run, self._wsgi, environ)
            await answer.deliver(rest, more=False)
        finally:
            answer.stop_listening()


class _Answer:
    """What the application answers, on its way out."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop, receive: Receive) -> None:
        self._send = send
        self._loop = loop
        self._receive = receive
        self._head: Message | None = None
        self._flows = False
        self._has_left = False
        self._listening: asyncio.Task[None] | None = None

    def run(self, wsgi: Any, environ: dict[str, Any]) -> bytes:
        """Call the application in this thread and send the answer but for its end, which is returned."""
        parts = wsgi(environ, self._start)
        held = b""
        try:
            for part in parts:
                if self._has_left:
                    break
                if held and (self._flows or len(held) >= AT_ONCE):
                    self._write(held)
                    held = b""
                held += part
        finally:
            getattr(parts, "close", lambda: None)()
        return held

    async def deliver(self, body: bytes, *, more: bool) -> None:
        """Send a piece, the first with status and headers."""
        if self._head is not None:
            head, self._head = self._head, None
            await self._send(head)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def stop_listening(self) -> None:
        """Wait no longer for the other side to leave."""
        if self._listening is not None:
            self._listening.cancel()

    def _start(
        self, status: str, headers: list[tuple[str, str]], _error: Any = None
    ) -> Callable[[bytes], None]:
        pairs = [(name.encode("latin1").lower(), value.strip().encode("latin1")) for name, value in headers]
        self._flows = any(name == b"content-type" and value.startswith(EVENTS) for name, value in pairs)
        if self._flows:
            self._loop.call_soon_threadsafe(self._listen)
        self._head = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}
        return self._write

    def _listen(self) -> None:
        self._listening = self._loop.create_task(self._until_left())

    async def _until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_left = True

    def _write(self, part: bytes) -> None:
        _wait(self.deliver(part, more=True), self._loop)


class _Rest(io.RawIOBase):
    """A long body, of which the next piece is waited for when it is read."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive = receive
        self._loop = loop
        self._piece = b""
        self._more = True

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read up to the length of `buffer`; 0 at the end, also when the sender has left."""
        while not self._piece and self._more:
            message = _wait(_awaited(self._receive), self._loop)
            self._piece = message.get("body", b"")
            self._more = message.get("more_body", False)
        size = min(len(buffer), len(self._piece))
        buffer[:size], self._piece = self._piece[:size], self._piece[size:]
        return size


async def _input(scope: Any, receive: Receive, loop: asyncio.AbstractEventLoop) -> Any:
    """Return the body as a file; a long one is left with the sender until the application asks for it."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not length.isdigit() or int(length) > AT_ONCE:
        return io.BufferedReader(_Rest(receive, loop))
    pieces, more = [], True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return io.BytesIO(b"".join(pieces))


async def _awaited(receive: Receive) -> Message:
    return await receive()


def _wait(work: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> Any:
    return asyncio.run_coroutine_threadsafe(work, loop).result()
