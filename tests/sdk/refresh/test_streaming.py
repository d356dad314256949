"""Following the stream: changes at once, and whatever is torn, wrong or silent costs one fetch and no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from prompts_admin.sdk import Client
from prompts_admin.sdk.transport.backoff import Backoff
from prompts_admin.serving.hub import HEARTBEAT, event
from tests.support.snapshot_server import running
from tests.support.snapshots import document
from tests.support.stream_server import StreamServer, until
from tests.support.threads import begun_since, living


@pytest.fixture
def server() -> Iterator[StreamServer]:
    """A server with a stream and the shared document."""
    with running(StreamServer(document())) as server:
        yield server
        server.push(None)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back after hundredths of a second: how long delays are is tested elsewhere."""
    monkeypatch.setattr("prompts_admin.sdk.transport.backoff.FIRST", 0.02)


def settled(revision: int, version: int) -> dict[str, Any]:
    """Return the shared document at a revision, with one version for everybody."""
    entries = {**document()["entries"], "support/triage": {"full": {"settled": version}}}
    return document(revision=revision, entries=entries)


def following(server: StreamServer, **fields: Any) -> Client:
    """Return a client whose stream is open."""
    client = Client(server.url, **fields)
    until(lambda: client.source == "stream")
    return client


def test_a_change_comes_by_the_stream_without_a_fetch(server: StreamServer) -> None:
    """The answer follows the event, the server hears of it, and nothing else was asked."""
    with following(server, host="shop-1") as client:
        assert client.prompt("support/triage").version == 1
        server.publish(settled(2, 2))
        until(lambda: client.prompt("support/triage").version == 2)
        until(lambda: len(server.told) == 1)
        assert ("stream", 1) == (client.prompt("support/triage").source, server.fetches())
    told, first = server.told[0], server.asked[0]
    assert ("/api/v1/readers", 2, "shop-1") == (told["path"], told["revision"], told["host"])
    opened = server.opened[0]
    assert ("first:1", "1") == (opened["Last-Event-ID"], opened["X-Prompts-Admin-Revision"])
    assert told["reader"] == first["X-Prompts-Admin-Reader"] == opened["X-Prompts-Admin-Reader"]
    assert first["X-Prompts-Admin-Sdk"].startswith("python/")


def test_what_was_missed_follows_at_once_or_is_fetched(server: StreamServer) -> None:
    """A hello with a newer revision is given a moment for the change; a gap is fetched once."""
    part = server.change(settled(2, 2))
    server.first = lambda: event("hello", "", {"epoch": "first", "revision": 2, "heartbeat": 15}) + part
    with following(server) as client:
        until(lambda: client.revision == 2)
        assert server.fetches() == 1
        server.document = settled(3, 1)
        server.publish(settled(4, 2))
        until(lambda: client.revision == 4)
        assert server.fetches() == 2


def torn(part: bytes) -> list[bytes | None]:
    return [part[:-20], None]


def forged(part: bytes) -> list[bytes | None]:
    return [part.replace(b'"settled":2', b'"settled":9')]


BROKEN = {
    "torn": torn,
    "forged": forged,
    "bad JSON": lambda part: [event("revision", "", {}).replace(b"data: {}", b"data: {") + b"\n"],
    "no digest and bad JSON": lambda part: [b"event: revision\ndata: {\n\n"],
    "no object": lambda part: [event("revision", "", [1])],
    "no revision": lambda part: [event("revision", "", {"epoch": "first"})],
    "unreadable": lambda part: [event("revision", "", {**CHANGE, "entries": {"support/triage": 5}})],
    "a gap": lambda part: [event("revision", "", {**CHANGE, "since": 0})],
    "reset": lambda part: [event("reset", "", {})],
    "ended": lambda part: [None],
}
CHANGE = {"format": 1, "epoch": "first", "since": 1, "revision": 2}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_F19_a_broken_event_costs_one_fetch_and_no_answer(server: StreamServer, broken: Any) -> None:
    """Dropped, fetched once, and the stream goes on or is opened anew; nothing wrong is ever served."""
    with following(server) as client:
        part = server.change(settled(2, 2))
        server.document = settled(2, 2)
        for piece in broken(part):
            server.push(piece)
        seen = set()
        until(lambda: seen.add(client.prompt("support/triage").version) or client.revision == 2)
        until(lambda: client.source == "stream")
        server.publish(settled(3, 1))
        until(lambda: client.revision == 3)
        assert seen <= {1, 2}
        assert server.fetches() == 2


@pytest.mark.parametrize(
    "old",
    [
        event("revision", "", {**CHANGE, "revision": 1, "since": 0}),
        event("colour", "", {"epoch": 5}),
        b"data: hello\n\n",
        HEARTBEAT,
    ],
)
def test_F19_old_and_unknown_events_are_no_news(server: StreamServer, old: bytes) -> None:
    """A duplicate, an event of tomorrow and a heartbeat change nothing and fetch nothing."""
    with following(server) as client:
        server.push(old)
        server.publish(settled(2, 2))
        until(lambda: client.revision == 2)
        assert (1, 1) == (server.fetches(), len(server.opened))


def test_F20_a_silent_stream_is_dead_after_two_heartbeats() -> None:
    """Heartbeats keep a stream, silence ends it; answers are served all the while."""
    with running(StreamServer(document(), heartbeat=0.1)) as server, following(server) as client:
        for _ in range(5):
            server.push(HEARTBEAT)
            until(lambda: client.age < 0.1)
        assert len(server.opened) == 1
        until(lambda: len(server.opened) > 1, 2.0)
        assert client.prompt("support/triage").version == 1
        assert server.fetches() == 1
        server.push(None)


def test_F44_a_goodbye_is_kept_to(server: StreamServer) -> None:
    """The client comes back after the time that the server gave it, and fetches nothing that it has."""
    with following(server) as client:
        server.push(event("goodbye", "", {"reason": "shutdown"}, retry=200))
        until(lambda: client.source != "stream")
        assert client.source == "poll"
        until(lambda: len(server.opened) == 2)
        until(lambda: client.source == "stream")
        assert server.fetches() == 1


def test_F41_a_revoked_token_ends_the_stream_and_not_the_answers(server: StreamServer) -> None:
    """After goodbye the token is asked with once more, and then seldom; what is held stays."""
    with following(server) as client:
        server.reply = lambda handler: handler.send_error(401)
        server.refuse = 401
        server.push(event("goodbye", "", {"reason": "token"}, retry=10))
        until(lambda: client.source == "memory")
        assert client.prompt("support/triage").version == 1
        assert (2, 1) == (server.fetches(), len(server.opened))


def test_F42_another_epoch_is_fetched_and_taken(server: StreamServer) -> None:
    """After a restored backup the lower revision of the new epoch counts."""
    with following(server) as client:
        server.publish(document(revision=0, epoch="second"))
        until(lambda: client.revision == 0)
        assert server.fetches() == 2


@pytest.mark.parametrize("status", [404, 429, 500, 503, 401])
def test_without_a_stream_it_polls(server: StreamServer, status: int) -> None:
    """A server or proxy without streams costs speed and nothing else."""
    server.refuse = status
    with Client(server.url, poll_seconds=0.02) as client:
        server.document = settled(2, 2)
        until(lambda: client.revision == 2)
        assert client.prompt("support/triage").version == 2


def test_F21_a_server_that_accepts_and_closes_is_not_hammered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that end at once wait longer and longer; only one that lasted a minute starts anew."""
    backoff = Backoff(lambda: 1.0)
    from prompts_admin.sdk.transport.port import Failed

    monkeypatch.setattr("prompts_admin.sdk.transport.backoff.FIRST", 1.0)
    assert [1, 2, 4] == [backoff.failed(Failed("The stream ended.")) for _ in range(3)]


def test_F45_closing_ends_both_threads(server: StreamServer) -> None:
    """Neither a stream that never says anything nor a long pause keeps a thread."""
    before = living()
    client = following(server, poll_seconds=3600)
    own = begun_since(before, "prompts-admin")
    assert ["prompts-admin-keeper", "prompts-admin-stream"] == sorted(thread.name for thread in own)
    client.close()
    until(lambda: not own & living())
    assert client.prompt("support/triage").version == 1
    del client


def test_a_client_that_is_let_go_of_ends_its_threads(server: StreamServer) -> None:
    """Nobody has to remember to close."""
    before = living()
    client = following(server)
    own = begun_since(before, "prompts-admin")
    assert 2 == len(own)
    assert json.loads(json.dumps(client.revision)) == 1
    del client
    until(lambda: not own & living())
