"""A server that cannot be asked: said at once, stood in for by what it published, and forgotten when it is back."""

from __future__ import annotations

import logging
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from prompts_admin.sdk import Client, NotReady
from prompts_admin.serving.hub import event
from tests.sdk.transport.test_published_transport import NOBODY, publish
from tests.support.snapshot_server import running, send
from tests.support.snapshots import document
from tests.support.stream_server import StreamServer, until
from tests.support.threads import begun_since, living, said_here

REFUSED = b'{"code": "unauthenticated", "detail": "This token is not valid.", "remedy": "Ask for a new one."}'


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back after hundredths of a second: how long delays are is tested elsewhere."""
    monkeypatch.setattr("prompts_admin.sdk.transport.backoff.FIRST", 0.02)


def test_after_a_goodbye_a_server_that_stays_away_is_a_problem() -> None:
    """Not only after the next poll; and no problem is left once the stream is open again."""
    with running(StreamServer(document())) as server, Client(server.url) as client:
        until(lambda: client.source == "stream")
        server.refuse, server.reply = 503, lambda handler: send(handler, 503, b"{}")
        server.push(event("goodbye", "", {"reason": "shutdown"}, retry=10))
        until(lambda: client.problem == "The server answered 503.", 3.0)
        assert "memory" == client.source
        server.refuse, server.reply = None, None
        until(lambda: client.source == "stream", 3.0)
        until(lambda: client.problem is None, 3.0)
        server.push(None)


def test_a_stream_alone_that_cannot_be_had_is_no_problem() -> None:
    """One question more tells that the server is there, and the answers stay fresh."""
    with running(StreamServer(document())) as server:
        server.refuse = 503
        with Client(server.url) as client:
            until(lambda: len(server.opened) > 3)
            assert ("poll", None, 2) == (client.source, client.problem, server.fetches())


def test_what_was_published_is_read_at_once_and_stays_the_source(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With a dead url: `published` however often the stream is tried, the problem told, and once in the log."""
    before = living()
    with Client(NOBODY, snapshot_url=publish(tmp_path)) as client:
        own = begun_since(before, "prompts-admin")
        assert client.problem and "refused" in client.problem
        seen, until_then = set(), time.monotonic() + 0.5
        while time.monotonic() < until_then:
            seen.add(client.source)
            time.sleep(0.005)
        assert {"published"} == seen
    said = [one for one in said_here(caplog.records, *own) if "sdk" in one.name]
    assert 1 == sum(one.levelno == logging.WARNING for one in said)


def test_after_a_goodbye_what_was_published_is_read(tmp_path: Path) -> None:
    """The server goes, and the answers are fresh without it."""
    with (
        running(StreamServer(document())) as server,
        Client(server.url, snapshot_url=publish(tmp_path)) as client,
    ):
        until(lambda: client.source == "stream")
        server.refuse, server.reply = 503, lambda handler: send(handler, 503, b"{}")
        server.push(event("goodbye", "", {"reason": "shutdown"}, retry=10))
        until(lambda: client.source == "published", 3.0)
        server.push(None)


def refuse(handler: BaseHTTPRequestHandler) -> None:
    send(handler, 401, REFUSED, Content_Type="application/problem+json")


def test_a_refusal_is_told_in_the_words_of_the_server() -> None:
    """Detail and remedy stand in `problem` and in NotReady; what is no problem document is not repeated."""
    with running(StreamServer(document())) as server:
        server.reply = refuse
        said = "The server answered 401: This token is not valid. Ask for a new one."
        with Client(server.url, stream=False) as client:
            assert said == client.problem
        with pytest.raises(NotReady, match=said):
            Client(server.url, stream=False, on_start="fail", wait_seconds=0.2)
        server.reply = lambda handler: send(handler, 401, b"[1]", Content_Type="application/problem+json")
        with Client(server.url, stream=False) as client:
            assert "The server answered 401." == client.problem
