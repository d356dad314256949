"""Open streams: who is told what, in which order, and when nobody has to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.serving.hub import AT_ONCE, HEARTBEAT, Hub, Stream
from prompts_admin.serving.live_snapshot import Listener
from prompts_admin.serving.scopes import Scope
from tests.support.loops import run_loop
from tests.support.snapshots import document


class Feed:
    """A snapshot that changes when it is told to, for those who follow."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []

    def follow(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def change(self, old: int | None, new: int) -> None:
        for listener in self.listeners:
            listener(None if old is None else at(old), at(new))


def at(revision: int) -> Snapshot:
    entries = {**document()["entries"], "support/triage": {"full": {"settled": 1 + revision % 2}}}
    return compile_snapshot({**document(), "revision": revision, "entries": entries})


def opened(hub: Hub, count: int, **fields: Any) -> list[Stream]:
    """Open streams of equal scopes that are not the same object, as tokens that are looked up again have."""
    streams = [Stream("token-1", b"pa_x", Scope(**fields)) for _ in range(count)]
    for stream in streams:
        hub.add(stream)
    return streams


async def taken(stream: Stream) -> bytes:
    """Return what a stream was told until now."""
    await asyncio.sleep(0.02)
    return b"".join(part for part in await asyncio.wait_for(stream.take(), 1) if part)


def scene(play: Callable[[Hub, Feed], Any]) -> None:
    async def run() -> None:
        feed = Feed()
        hub = Hub(follow=feed.follow)
        hub.begin()
        await play(hub, feed)

    run_loop(run())


def test_every_stream_is_told_every_change_in_order() -> None:
    """However many there are, and when the next change comes before all were told of the last."""

    async def play(hub: Hub, feed: Feed) -> None:
        streams = opened(hub, 3 * AT_ONCE + 1)
        for number in range(1, 4):
            feed.change(number, number + 1)
        hub.beat()
        for stream in streams:
            said = await asyncio.wait_for(taken(stream), 2)
            places = [said.find(b"id: first:%d\n" % number) for number in (2, 3, 4)]
            assert sorted(places) == places
            assert places[0] >= 0
            assert 1 == said.count(HEARTBEAT)
            assert 3 == said.count(b"event: revision")

    scene(play)


def test_the_first_snapshot_of_a_process_is_no_change() -> None:
    """Who opens a stream before a server has loaded anything begins with it, and need not fetch it twice."""

    async def play(hub: Hub, feed: Feed) -> None:
        (stream,) = opened(hub, 1)
        feed.change(None, 1)
        feed.change(1, 2)
        said = await taken(stream)
        assert b"event: reset" not in said
        assert said.startswith(b"event: revision")

    scene(play)


def test_a_stream_whose_scope_changed_is_not_told_what_its_old_one_was() -> None:
    """Though the change was under way to it already."""

    async def play(hub: Hub, feed: Feed) -> None:
        streams = opened(hub, AT_ONCE + 1)
        feed.change(1, 2)
        await asyncio.sleep(0)
        late = [stream for stream in streams if not stream._parts]
        assert late
        for stream in late:
            hub.remove(stream)
            stream.scope = Scope(frozenset({"payroll"}))
            hub.add(stream)
            stream.put(hub.reset())
            assert b"event: revision" not in await taken(stream)

    scene(play)


def test_only_who_has_streams_follows() -> None:
    """While nobody listens a release need not load what changed."""

    async def play(hub: Hub, feed: Feed) -> None:
        assert not feed.listeners
        streams = opened(hub, 2)
        assert 1 == len(feed.listeners)
        hub.remove(streams[0])
        assert feed.listeners
        hub.remove(streams[1])
        assert not feed.listeners
        (again,) = opened(hub, 1)
        feed.change(1, 2)
        assert b"event: revision" in await taken(again)

    scene(play)


def test_what_can_be_sent_at_once_is_and_what_cannot_waits_in_order() -> None:
    """A reader that does not keep up gets everything in order once it does."""

    async def play(hub: Hub, feed: Feed) -> None:
        (stream,) = opened(hub, 1)
        gate, sent = asyncio.Event(), list[bytes]()

        def write(part: bytes) -> Any:
            sent.append(part)
            return None if len(sent) < 3 else gate.wait()

        stream.write = write
        taking = asyncio.create_task(stream.take())
        await asyncio.sleep(0)
        for number in range(5):
            stream.put(b"%d" % number)
        await asyncio.sleep(0.01)
        assert ([b"0", b"1", b"2"], False) == (sent, taking.done())
        gate.set()
        assert [b"3", b"4"] == await asyncio.wait_for(taking, 1)

    scene(play)
