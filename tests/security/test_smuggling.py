"""S45: requests whose length can be read in two ways are refused by the server as it is shipped."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from prompts_admin.domain.errors import Refused
from prompts_admin.http.problem_documents import problem_document
from prompts_admin.server.asgi import Application
from tests.support.loops import run_loop

DOUBTFUL = {
    "two kinds of length": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length that is no number": b"Content-Length: 5, 6\r\n\r\nhello",
    "a broken chunk": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
}


def _echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of the asynchronous shell around a program that answers what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = Application(_echo, threads=2, max_body=1_000)
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(timeout=20)
    listener.close()


def _ask(port: int, rest: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + rest)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answer += part
        return answer


@pytest.mark.parametrize("name", sorted(DOUBTFUL))
def test_S45_a_request_of_doubtful_length_is_refused(port: int, name: str) -> None:
    """A body whose end two programs could see in two places is answered with 400, or not at all."""
    answer = _ask(port, DOUBTFUL[name])
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


def test_S45_a_body_in_chunks_arrives_whole(port: int) -> None:
    """Chunks alone are fine, and their content arrives."""
    answer = _ask(port, b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"hello world")


def test_S33_a_body_in_chunks_is_counted(port: int) -> None:
    """A body of unknown length is refused with 413 once it is over the limit, not cut off."""
    chunk = b"400\r\n" + b"x" * 1_024 + b"\r\n"
    answer = _ask(port, b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    head, _, body = answer.partition(b"\r\n\r\n")
    guards = {b"x-content-type-options: nosniff", b"referrer-policy: same-origin", b"cache-control: no-store"}
    assert guards | {b"connection: close"} <= set(head.split(b"\r\n"))
    assert len(head.split(b"\r\n")) == len({line.split(b":")[0] for line in head.split(b"\r\n")})
    refused = problem_document(
        Refused("too_large", "The request has more than 1000 bytes.", "Send less at once."), ""
    )
    assert refused == json.loads(body)


def test_S33_bodies_of_unknown_length_share_the_room_of_one(port: int) -> None:
    """Many that never end hold no more memory than one may; who comes too late is told to come again."""
    chunk = b"Transfer-Encoding: chunked\r\n\r\n258\r\n" + b"x" * 600 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as endless:
        endless.sendall(head + chunk)
        until = time.monotonic() + 10
        while time.monotonic() < until and not _ask(port, chunk + b"0\r\n\r\n").startswith(b"HTTP/1.1 503"):
            time.sleep(0.01)
        assert time.monotonic() < until
        endless.sendall(b"0\r\n\r\n")
        assert endless.recv(65_536).startswith(b"HTTP/1.1 200")
    assert _ask(port, chunk + b"0\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_S45_a_body_in_chunks_that_was_torn_is_no_request() -> None:
    """Whoever leaves in the middle has asked for nothing, not for the same without a body."""
    called: list[str] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        called.append(environ["PATH_INFO"])
        return []

    app = Application(note, threads=1, max_body=1_000)
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{}", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "scheme": "http",
        "http_version": "1.1", "headers": [(b"transfer-encoding", b"chunked")], "client": None, "server": None,
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        called.append(message["type"])

    run_loop(app(scope, receive, send))
    assert [] == called
