"""The newest snapshot on the event loop: loaded once for all who wait, and never waited for long."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.edge import current_snapshot as module
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.serving.live_snapshot import LiveSnapshot
from tests.support.loops import run_loop
from tests.support.snapshots import document


class Store:
    """A store at some revision; `hold` keeps a load from ending."""

    def __init__(self) -> None:
        self.revision, self.loads = 1, 0
        self.hold: Event | None = None

    def load(self) -> dict[str, Any]:
        self.loads += 1
        if self.hold:
            assert self.hold.wait(10)
        return document(revision=self.revision)

    def live(self) -> LiveSnapshot:
        return LiveSnapshot(self.load, lambda: ("first", self.revision), look_every=3600.0)


def test_a_thousand_who_ask_after_a_change_share_one_load() -> None:
    """All of them get what was committed before they asked."""
    store = Store()
    live = store.live()

    async def scene() -> None:
        newest = Newest(live)
        assert 1 == (await newest.get()).revision
        store.revision = 2
        live.changed(2)
        assert newest.peek() is None
        found = await asyncio.gather(*(newest.get() for _ in range(1_000)))
        assert {2} == {snapshot.revision for snapshot in found}
        assert newest.peek() is found[0]

    run_loop(scene())
    assert 2 == store.loads


def test_a_store_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last good snapshot serves; without any it is said that the server is busy."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    store = Store()
    live, cold = store.live(), store.live()
    live.current()
    store.hold, store.revision = Event(), 2
    live.changed(2)

    async def scene() -> None:
        assert 1 == (await Newest(live).get()).revision
        with pytest.raises(Unavailable):
            await Newest(cold).get()
        assert store.hold
        store.hold.set()
        assert 2 == (await Newest(live).get()).revision

    run_loop(scene())
