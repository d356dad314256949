"""Streams: what changes is told at once to those who may know it, and to nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot
from prompts_admin.edge.factory import open_edge
from prompts_admin.server.asgi import Application
from prompts_admin.services.people.tokens import revoke_token
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from prompts_admin.serving.snapshot_changes import digest_of
from tests.support.edges import Served, serving
from tests.support.loops import run_loop
from tests.support.world import Api, opened_world, person


@pytest.fixture
def served(world: Api) -> Iterator[Served]:
    """A server over a world of the test's own."""
    with serving(world) as found:
        yield found


def roll_back(served: Served, key: str) -> int:
    done = served.api.product.do(
        person("releaser"), rollback, None, RollbackRequest(keys=(key,), or_none=True)
    )
    return int(done["revision"])


def test_a_stream_tells_where_it_stands_and_then_what_changes(served: Served) -> None:
    """The event, applied to the snapshot before, gives the snapshot after; its digest fits its text."""
    before = compile_snapshot(served.get("/api/v1/snapshot").json())
    with served.stream() as events:
        assert "text/event-stream; charset=utf-8" == events.response.headers["Content-Type"]
        hello = events.next()
        assert ("hello", f"{before.epoch}:{before.revision}") == (hello["event"], hello["id"])
        assert {"epoch": before.epoch, "revision": before.revision, "heartbeat": 15.0} == hello["data"]
        revision = roll_back(served, "support/reply")
        told = events.next()
    assert ("revision", f"{before.epoch}:{revision}") == (told["event"], told["id"])
    after = compile_snapshot(served.get("/api/v1/snapshot").json())
    reached = advance(before, told["data"])
    assert (after.entries, after.versions) == (reached.entries, reached.versions)


def test_a_stream_tells_only_what_its_token_may_see(served: Served) -> None:
    """A token of `sales` hears that the revision grew, and nothing of `support`."""
    with served.stream(by="narrow") as events:
        events.next()
        revision = roll_back(served, "support/reply")
        told = events.next()
    assert (revision, {}, {}) == (told["data"]["revision"], told["data"]["entries"], told["data"]["versions"])


def test_F41_a_revoked_token_loses_its_stream_within_seconds(served: Served) -> None:
    """With a goodbye that says why; a new stream is refused."""
    with served.stream() as events:
        events.next()
        token_id = served.api.secrets["serve"].split("_")[1]
        served.api.product.do(person("admin"), revoke_token, None, token_id)
        began = time.monotonic()
        told = events.next()
        assert ("goodbye", {"reason": "token"}) == (told["event"], told["data"])
        assert 10 > time.monotonic() - began
        with pytest.raises(EOFError):
            events.next()
    refused = served.get("/api/v1/stream")
    assert (401, "unauthenticated") == (refused.status, refused.json()["code"])


def test_F44_a_server_that_stops_says_goodbye_and_when_to_come_back(world: Api) -> None:
    """Each stream is told another moment, and the stop does not wait for readers."""
    with serving(world) as served, served.stream() as events:
        events.next()
        began = time.monotonic()
        served.stop()
        told = events.next()
        assert ("goodbye", {"reason": "shutdown"}) == (told["event"], told["data"])
        assert 500 <= int(told["retry"]) <= 5_000
        served.thread.join(timeout=10)
        assert 5 > time.monotonic() - began


def test_S53_too_many_streams_of_one_token_are_refused_with_a_time_to_come_back(
    world_template: Any, tmp_path: Path
) -> None:
    """429 with Retry-After; those that are open go on, and another token has room."""
    with opened_world(world_template, tmp_path / "w", streams_per_token=2) as api, serving(api) as served:
        with served.stream() as one, served.stream() as two:
            one.next()
            two.next()
            refused = served.get("/api/v1/stream")
            assert (429, "30") == (refused.status, refused.headers["Retry-After"])
            with served.stream(by="narrow") as other:
                assert "hello" == other.next()["event"]
            roll_back(served, "support/reply")
            assert "revision" == one.next()["event"] == two.next()["event"]
        assert opens_again(served)


def test_F20_a_stream_shows_signs_of_life(world_template: Any, tmp_path: Path) -> None:
    """A comment every few seconds; its interval is told in the first event."""
    with (
        opened_world(world_template, tmp_path / "w", heartbeat_seconds=0.2) as api,
        serving(api) as served,
        served.stream() as events,
    ):
        assert 0.2 == events.next()["data"]["heartbeat"]
        events.heartbeat()
        events.heartbeat()


def test_a_reader_is_counted_by_what_it_says(served: Served) -> None:
    """On the stream, by polls and by reports; goodbye ends it at once."""
    said = {"X_Prompts_Admin_Reader": "reader-00001", "X_Prompts_Admin_Revision": "1"}
    with served.stream(**said) as events:
        events.next()
        assert [("reader-00001", 1)] == live(served)
        report = {"reader": "reader-00001", "revision": 2, "every": 15}
        assert 204 == served.ask("POST", "/api/v1/readers", body=report).status
        assert [("reader-00001", 2)] == live(served)
    served.ask("POST", "/api/v1/readers", body={"reader": "reader-00001", "gone": True})
    beyond = {"X_Prompts_Admin_Revision": str(2**63)}
    served.get("/api/v1/snapshot", X_Prompts_Admin_Reader="reader-00002", **beyond)
    assert [("reader-00002", None)] == live(served)


def test_S38_a_report_speaks_for_readers_of_its_own_token_alone(served: Served) -> None:
    """Another token neither overwrites nor ends a reader whose id it knows."""
    mine = {"reader": "reader-00001", "revision": 1}
    for by, body in (("serve", mine), ("narrow", mine | {"revision": 9}), ("narrow", mine | {"gone": True})):
        assert 204 == served.ask("POST", "/api/v1/readers", by=by, body=body).status
    assert [("reader-00001", 1)] == live(served)
    with served.stream(by="narrow", X_Prompts_Admin_Reader="reader-00001") as events:
        events.next()
    assert ("reader-00001", 1) in live(served)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), ({"reader": "x"}, 422), ({"reader": "reader-1", "revision": -1}, 422),
     ({"reader": "reader-1", "every": "soon"}, 422), (b"x" * 5_000, 413)],
)  # fmt: skip
def test_a_report_that_cannot_be_one_is_refused(served: Served, body: Any, status: int) -> None:
    """With an exact code, and nothing is noted."""
    assert status == served.ask("POST", "/api/v1/readers", body=body).status
    assert [] == live(served)


def opens_again(served: Served) -> bool:
    """Tell whether a stream is let in once the server has noticed that others have gone."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with served.stream() as again:
            if 200 == again.response.status:
                return True
        time.sleep(0.05)
    return False


def live(served: Served) -> list[tuple[str, int | None]]:
    return [(reader.id, reader.revision) for reader in served.api.product.readers.live()]


def test_every_event_carries_its_digest(served: Served) -> None:
    """Readers drop what was torn on the way."""
    with served.stream() as events:
        events.next()
        roll_back(served, "support/reply")
        block = events._block()
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    assert digest_of(fields["data"].encode()) == fields["digest"]


def test_who_leaves_in_the_middle_of_a_report_is_no_fault(served: Served) -> None:
    """The request ends without an answer, and without an error that the server would log."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/readers", "query_string": b"", "client": None}
    token = served.api.with_token("serve")["Authorization"].encode()
    headers = {"headers": [(b"authorization", token), (b"content-length", b"50")]}
    with open_edge(served.api.product) as edge:
        app = Application(served.api.app, threads=1, max_body=1_000, edge=edge)
        run_loop(app({**scope, **headers}, receive, send))


def test_a_reader_that_goes_while_it_is_written_to_is_no_fault(served: Served) -> None:
    """A transport that is closed already ends the stream; no problem is sent after what was begun."""
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(10)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])
        if len(sent) == 2:
            raise RuntimeError("unable to perform operation: the handler is closed")

    scope = {"type": "http", "method": "GET", "path": "/api/v1/stream", "query_string": b"", "client": None}
    token = served.api.with_token("serve")["Authorization"].encode()
    with open_edge(served.api.product) as edge:
        app = Application(served.api.app, threads=1, max_body=1_000, edge=edge)
        run_loop(app({**scope, "headers": [(b"authorization", token)]}, receive, send))
    assert ["http.response.start", "http.response.body"] == sent
