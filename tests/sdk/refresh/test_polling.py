"""Asking a real server: what a bad answer does, how often it is asked, and from how many threads."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from prompts_admin.sdk import Client
from prompts_admin.sdk.transport.backoff import BARRED, Backoff
from prompts_admin.sdk.transport.http_transport import HttpTransport
from prompts_admin.sdk.transport.port import Failed
from tests.support.snapshot_server import SnapshotServer, send, serving
from tests.support.snapshots import document

SECRET = "pa_" + "x1" * 20


@pytest.fixture
def server() -> Iterator[SnapshotServer]:
    """A server with the shared document."""
    with serving(document()) as running:
        yield running


def connected(server: SnapshotServer, **fields: Any) -> Client:
    """Return a client that asks when told to."""
    return Client(server.url, token=SECRET, poll_seconds=None, **fields)


def until(holds: Callable[[], bool]) -> None:
    """Wait at most ten seconds for something to become true."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_S37_it_asks_with_the_token_in_a_header_and_with_the_etag(server: SnapshotServer) -> None:
    """The token goes in a header and never in the URL; an unchanged snapshot costs a 304."""
    with connected(server) as client:
        assert client.prompt("support/triage", user="u-17").version == 1
        assert client.refresh()
    first, second = server.asked
    assert ("/api/v1/snapshot", f"Bearer {SECRET}", "gzip") == (
        first["path"],
        first["Authorization"],
        first["Accept-Encoding"],
    )
    assert "If-None-Match" not in first
    assert second["If-None-Match"] == '"first-1"'
    assert SECRET not in repr(client) + str(vars(client))


def test_a_change_is_followed_by_the_thread(server: SnapshotServer) -> None:
    """Without being told, a client moves to the next revision, and closing it ends its thread."""
    with Client(server.url, poll_seconds=0.01) as client:
        server.document = document(revision=2, entries={"support/triage": {"full": {"settled": 2}}})
        until(lambda: client.prompt("support/triage").version == 2)
        assert "prompts-admin-keeper" in {thread.name for thread in enumerate_threads()}
    asked = len(server.asked)
    time.sleep(0.05)
    assert len(server.asked) == asked


def html(handler: BaseHTTPRequestHandler) -> None:
    send(handler, 200, b"<html>Please sign in</html>", Content_Type="text/html")


def truncated(handler: BaseHTTPRequestHandler) -> None:
    send(handler, 200, json.dumps(document(revision=9)).encode()[:200], Content_Length="5000")
    handler.close_connection = True


def truncated_gzip(handler: BaseHTTPRequestHandler) -> None:
    send(
        handler, 200, gzip.compress(json.dumps(document(revision=9)).encode())[:-40], Content_Encoding="gzip"
    )


def torn_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b'10\r\n{"format": 1, "e')
    handler.close_connection = True


def hung_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send(handler, code, b'{"code": "no"}', **headers)


def body(content: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: send(handler, 200, content, **headers)


BAD = {
    **{str(code): status(code) for code in (204, 401, 403, 404, 429, 500, 502, 503, 504)},
    "302": status(302, Location="/elsewhere"),
    "html": html,
    "empty": body(b""),
    "null": body(b"null"),
    "list": body(b"[]"),
    "no snapshot": body(b"{}"),
    "other format": body(json.dumps(document(format=2)).encode()),
    "older": body(json.dumps(document(revision=0)).encode()),
    "not utf-8": body(b'{"\xff": 1}'),
    "no gzip": body(b"{}", Content_Encoding="gzip"),
    "deep": body(b"[" * 100_000),
    "truncated": truncated,
    "truncated gzip": truncated_gzip,
    "torn chunks": torn_chunks,
    "hung up": hung_up,
}


@pytest.mark.parametrize("reply", BAD.values(), ids=BAD.keys())
def test_F17_a_bad_answer_keeps_the_last_good_snapshot(server: SnapshotServer, reply: Any) -> None:
    """Whatever the server says, nothing is raised, served answers stay, and the next good one is taken."""
    with connected(server) as client:
        server.reply = reply
        assert not client.refresh()
        got = client.prompt("support/triage")
        assert (1, "memory") == (got.version, got.source)
        assert client.problem
        server.reply, server.document = None, document(revision=2)
        assert client.refresh()
        assert (2, "poll") == (client.revision, client.prompt("support/triage").source)


def test_F17_a_gzip_bomb_is_cut_off(server: SnapshotServer) -> None:
    """What unpacks to more than the limit is dropped, with little read."""
    server.reply = body(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip")
    outcome = HttpTransport(server.url, None, most_bytes=1_000_000).fetch(None)
    assert isinstance(outcome, Failed)
    assert "more than 1000000 bytes" in outcome.problem


def test_F17_an_answer_to_a_report_is_not_read() -> None:
    """A report without end in return fills no memory, and holds no thread."""
    sent = 0

    def pour(listener: socket.socket) -> None:
        nonlocal sent
        connection = listener.accept()[0]
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while sent < 64_000_000:
                connection.sendall(b"x" * 1_000_000)
                sent += 1_000_000

    with socket.create_server(("127.0.0.1", 0)) as listener:
        pouring = Thread(target=pour, args=(listener,))
        pouring.start()
        HttpTransport(f"http://127.0.0.1:{listener.getsockname()[1]}", None).report(1)
        pouring.join(10)
    assert sent < 64_000_000


def test_compressed_and_chunked_answers_are_read(server: SnapshotServer) -> None:
    """Both ways in which proxies pass a large answer on are understood."""

    def chunked(handler: BaseHTTPRequestHandler) -> None:
        content = gzip.compress(json.dumps(document(revision=7)).encode())
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        for start in range(0, len(content), 100):
            piece = content[start : start + 100]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    server.reply = chunked
    with connected(server) as client:
        assert client.revision == 7


def test_F14_an_absent_server_does_not_hold_a_start_up() -> None:
    """With nobody listening the constructor returns at once and the default counts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        start = time.monotonic()
        with Client(f"http://127.0.0.1:{taken.getsockname()[1]}", wait_seconds=30) as client:
            assert client.prompt("support/triage", default="x").source == "default"
    assert time.monotonic() - start < 10


def test_a_slow_server_does_not_hold_a_start_up(server: SnapshotServer) -> None:
    """The constructor waits as long as it was told, and the snapshot is taken when it comes."""
    go = Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        go.wait(10)
        server.send(handler)

    server.reply = slow
    with Client(server.url, wait_seconds=0.01) as client:
        assert not client.ready
        go.set()
        until(lambda: client.ready)


def test_many_threads_read_while_the_snapshot_changes(server: SnapshotServer) -> None:
    """No reader ever sees half a snapshot."""
    seen: set[tuple[int | None, str]] = set()
    stop = Event()

    def read(client: Client) -> None:
        while not stop.is_set():
            got = client.prompt("support/triage", user="u-17")
            seen.add((got.version, got.messages(name="Bo")[0]["content"]))

    server.document["features"]["support"]["classification"] = "pii"
    with connected(server) as client:
        threads = [Thread(target=read, args=(client,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for revision in range(2, 30):
            settled = 1 + revision % 2
            server.document = document(
                revision=revision, entries={"support/triage": {"full": {"settled": settled}}}
            )
            assert client.refresh()
        stop.set()
        for thread in threads:
            thread.join(10)
    assert seen <= {(1, "Hello Bo"), (2, "Dear Bo")}
    assert seen


@pytest.mark.parametrize(
    "url",
    ["prompts.example", "ftp://prompts.example", "http://", "https://user:word@prompts.example", "file:///x"],
)
def test_S36_a_url_that_cannot_be_one_is_refused(url: str) -> None:
    """Only http and https, and no credentials where logs would show them."""
    with pytest.raises(ValueError, match="url"):
        Client(url)


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Admin: 1", "a\n", "ü"])
def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    """A token pasted with its line end is named at once, without showing it."""
    with pytest.raises(ValueError, match="token") as error:
        Client("http://localhost", token=token)
    assert token not in str(error.value)


def test_F21_failures_wait_longer_and_longer_and_never_alike() -> None:
    """The delay doubles up to 30 seconds, is spread by half, and starts anew after a success."""
    for random, factor in ((0.0, 0.5), (1.0, 1.0)):
        backoff = Backoff(lambda value=random: value)
        delays = [backoff.failed(Failed("x")) for _ in range(7)]
        assert [step * factor for step in (1, 2, 4, 8, 16, 30, 30)] == delays
        backoff.succeeded(30.0)
        assert backoff.failed(Failed("x")) == factor
    assert [27.0, 33.0] == [Backoff(lambda value=value: value).succeeded(30.0) for value in (0.0, 1.0)]


def test_F17_a_refused_token_is_tried_again_slowly() -> None:
    """A reader with a bad token asks every 2.5 to 5 minutes and does not stop."""
    for random in (0.0, 0.5, 1.0):
        assert 150 <= Backoff(lambda value=random: value).failed(Failed("x", is_barred=True)) <= 2 * BARRED


def test_the_server_may_ask_for_a_longer_wait(server: SnapshotServer) -> None:
    """Retry-After is kept to, within reason."""
    server.reply = status(429, Retry_After="20")
    outcome = HttpTransport(server.url, None).fetch(None)
    assert outcome == Failed("The server answered 429.", retry_after=20.0)
    assert 20.5 <= Backoff().failed(outcome) <= 21
    assert Backoff().failed(Failed("x", retry_after=1e9)) <= 301
