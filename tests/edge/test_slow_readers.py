"""A reader that does not read costs a bounded queue, and is cut; the others do not notice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from prompts_admin.domain.errors import Refused
from prompts_admin.edge.admission import Gate
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.http_messages import Request
from prompts_admin.edge.streams import Streams
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.hub import WAITING, Hub
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.reader_registry import Readers
from prompts_admin.serving.scopes import Scope
from tests.support.loops import run_loop
from tests.support.snapshots import document

ADMITTED = Admission("token-1", "site", Scope())


class Wire:
    """The server's side of a connection: what was sent, and a lock that keeps it from being sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.open = asyncio.Event()
        self.left = asyncio.Event()

    async def send(self, message: Any) -> None:
        if self.sent:
            await self.open.wait()
        self.sent.append(message.get("body", b""))

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    def request(self) -> Request:
        headers = [(b"authorization", b"Bearer pa_x")]
        scope = {"method": "GET", "path": "/api/v1/stream", "query_string": b"", "headers": headers}
        return Request(scope, self.receive)


def streams(hub: Hub, *, most: int = 10) -> Streams:
    """Return streams over a snapshot that stands still."""
    live = LiveSnapshot(document, lambda: ("first", 1))
    gate = Gate(lambda _: ADMITTED)
    return Streams(Newest(live), hub, gate, Readers(), most=most, most_of_token=most)


async def opened(streams: Streams, wire: Wire) -> asyncio.Task[None]:
    task = asyncio.create_task(streams.open(wire.request(), wire.send, ADMITTED))
    await asyncio.sleep(0.05)
    return task


def test_F45_a_reader_that_never_reads_is_cut_and_keeps_nothing() -> None:
    """Its queue is bounded; the stream ends, and its place is free again."""

    async def scene() -> None:
        hub = Hub()
        hub.begin()
        slow, quick = Wire(), Wire()
        quick.open.set()
        found = streams(hub)
        tasks = [await opened(found, slow), await opened(found, quick)]
        assert 2 == hub.count
        for _ in range(WAITING + 2):
            hub.beat()
            await asyncio.sleep(0)
        await asyncio.wait_for(tasks[0], 5)
        assert (1, False) == (hub.count, tasks[1].done())
        assert b"".join(quick.sent).count(b": heartbeat") >= WAITING
        quick.left.set()
        await asyncio.wait_for(tasks[1], 5)
        assert 0 == hub.count

    run_loop(scene())


def test_F45_a_reader_that_leaves_frees_its_place_at_once() -> None:
    """Nothing has to be sent for it to be noticed."""

    async def scene() -> None:
        hub = Hub()
        hub.begin()
        wire = Wire()
        wire.open.set()
        task = await opened(streams(hub), wire)
        wire.left.set()
        await asyncio.wait_for(task, 5)
        assert 0 == hub.count == hub.count_of("token-1")

    run_loop(scene())


def test_S53_no_more_streams_than_there_is_room_for() -> None:
    """Refused with a time to come back, before anything is sent."""

    async def scene() -> None:
        hub = Hub()
        hub.begin()
        wire = Wire()
        wire.open.set()
        found = streams(hub, most=1)
        task = await opened(found, wire)
        late = Wire()
        with pytest.raises(Refused) as refused:
            await found.open(late.request(), late.send, ADMITTED)
        assert ("rate_limited", 30, []) == (
            refused.value.code,
            refused.value.members["retry_after"],
            late.sent,
        )
        wire.left.set()
        await task

    run_loop(scene())
