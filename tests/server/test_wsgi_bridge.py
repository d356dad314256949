"""The way from ASGI to WSGI and back: bodies and answers of every length arrive whole."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from prompts_admin.server.wsgi_bridge import AT_ONCE, Bridge, Message
from tests.support.loops import run_loop

SHORT, LONG = b"hello", b"0123456789" * AT_ONCE


def _echo(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("201 Created", [("X-Method", environ["REQUEST_METHOD"])])
    while part := environ["wsgi.input"].read(10_000):
        yield part


def _ask(wsgi: Any, body: bytes, piece: int = 30_000) -> list[Message]:
    """Send a body in pieces and return the messages that come back."""
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    sent: list[Message] = []
    headers = [(b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}

    async def receive() -> Message:
        found = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": found, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    run_loop(Bridge(wsgi, threads=2)(scope | {"http_version": "1.1"}, receive, send))
    return sent


@pytest.mark.parametrize("body", [b"", SHORT, LONG], ids=["none", "short", "long"])
def test_a_body_of_any_length_is_read_and_answered_whole(body: bytes) -> None:
    """Status and headers come first and once, then all of the body, and one end."""
    head, *rest = _ask(_echo, body)
    assert (201, [(b"x-method", b"POST")]) == (head["status"], head["headers"])
    assert body == b"".join(message["body"] for message in rest)
    assert [False] == [message["more_body"] for message in rest if not message["more_body"]]


def test_a_short_answer_is_one_piece_and_a_long_one_is_never_held_whole() -> None:
    """What is short costs one way back; of what is long little more than one piece is in memory."""
    assert 2 == len(_ask(_echo, SHORT))
    assert AT_ONCE + 10_000 > max(len(message["body"]) for message in _ask(_echo, LONG)[1:])


def test_an_application_that_fails_is_the_servers_to_answer() -> None:
    """The exception reaches the server, which answers 500; the application is closed before."""

    def broken(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        _ask(broken, SHORT)


def test_events_are_sent_as_they_come_and_end_with_whoever_listens() -> None:
    """A piece is not held back for the next one; once the other side has left nothing more is made."""
    made: list[int] = []
    arrived = threading.Event()
    sent: list[bytes] = []

    def events(_environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream; charset=utf-8")])
        for number in range(200):
            made.append(number)
            yield b"data: %d\n\n" % number
            if number == 1:
                assert arrived.wait(5)
            if number > 1:
                time.sleep(0.01)

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))
        if b"data: 0\n\n" in sent:
            arrived.set()

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not requests:
            await asyncio.to_thread(arrived.wait, 5)
            return {"type": "http.disconnect"}
        return requests.pop()

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    run_loop(Bridge(events, threads=1)(scope | {"http_version": "1.1"}, receive, send))
    assert arrived.is_set() and len(made) < 100
