"""The snapshot in memory: what a writer committed is read, and no failure or load stops the readers."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.scopes import EVERYTHING
from tests.support.snapshots import document, prompt


class Store:
    """A store with one position and one document; `broken` makes it fail, `wait` holds a load up."""

    def __init__(self) -> None:
        self.epoch, self.revision = "first", 1
        self.loads = self.looks = 0
        self.broken = False
        self.wait: Event | None = None
        self.loading = Event()
        self.change: dict[str, Any] | None = None
        self.now = 0.0

    def load(self) -> dict[str, Any]:
        self.loads += 1
        self.loading.set()
        if self.wait:
            assert self.wait.wait(10)
        if self.broken:
            raise OSError("no store")
        return document(epoch=self.epoch, revision=self.revision)

    def position(self) -> tuple[str, int]:
        self.looks += 1
        if self.broken:
            raise OSError("no store")
        return self.epoch, self.revision

    def changes(self, since: int) -> dict[str, Any] | None:
        return self.change

    def live(self, **fields: Any) -> LiveSnapshot:
        return LiveSnapshot(self.load, self.position, clock=lambda: self.now, **fields)


def change(since: int, revision: int, **fields: Any) -> dict[str, Any]:
    """Return a partial document."""
    return {"format": 1, "epoch": "first", "since": since, "revision": revision, **fields}


def test_it_loads_on_first_use_and_then_only_looks() -> None:
    """Reading costs no load, and a look at the store at most every so often."""
    store = Store()
    live = store.live(look_every=1.0)
    assert live.peek() is None
    assert live.current() is live.current() is live.peek()
    for _ in range(100):
        live.current()
    assert (1, 1) == (store.loads, store.looks)


def test_a_writer_that_says_so_is_read_at_once() -> None:
    """After `changed` returned, everybody reads the new revision; the same revision is not loaded twice."""
    store = Store()
    live = store.live(look_every=3600.0)
    live.current()
    store.revision = 2
    live.changed(2)
    assert live.current().revision == 2
    live.changed(2)
    live.changed(1)
    assert store.loads == 2


def test_many_commits_cost_the_next_reader_one_load() -> None:
    """A writer waits for no load, and nothing is loaded that nobody reads."""
    store = Store()
    live = store.live(look_every=3600.0)
    live.current()
    for revision in range(2, 50):
        store.revision = revision
        live.changed(revision)
    assert store.loads == 1
    assert {live.current().revision for _ in range(10)} == {49}
    assert store.loads == 2


def test_a_commit_during_a_load_is_not_forgotten() -> None:
    """What a writer says while an older state is being loaded is loaded after it."""
    store = Store()
    live = store.live(look_every=3600.0)
    live.current()
    store.revision, store.wait = 2, Event()
    store.loading.clear()
    live.changed(2)
    reader = Thread(target=live.current)
    reader.start()
    assert store.loading.wait(10)
    live.changed(3)
    store.wait.set()
    reader.join(10)
    store.revision = 3
    assert live.current().revision == 3


def test_what_another_process_committed_is_noticed() -> None:
    """A look at the store finds another revision, and another epoch with a lower one."""
    store = Store()
    live = store.live()
    live.current()
    for epoch, revision in (("first", 7), ("second", 3)):
        store.epoch, store.revision, store.now = epoch, revision, store.now + 1
        assert (epoch, revision) == (live.current().epoch, live.current().revision)


def test_readers_do_not_wait_for_a_load() -> None:
    """While one thread loads, every other one gets the snapshot that is there."""
    store = Store()
    live = store.live()
    live.current()
    store.revision, store.wait, store.now = 2, Event(), 1.0
    store.loading.clear()
    loader = Thread(target=live.current)
    loader.start()
    assert store.loading.wait(10)
    assert {live.current().revision for _ in range(50)} == {1}
    store.wait.set()
    loader.join(10)
    assert live.current().revision == 2


def test_the_first_readers_wait_for_one_load() -> None:
    """Many threads at a cold start cause one load and all get its snapshot."""
    store, got = Store(), []
    store.wait = Event()
    live = store.live()
    threads = [Thread(target=lambda: got.append(live.current().revision)) for _ in range(8)]
    for thread in threads:
        thread.start()
    store.wait.set()
    for thread in threads:
        thread.join(10)
    assert ([1] * 8, 1) == (got, store.loads)


def test_F12_a_store_that_fails_leaves_the_last_good_snapshot() -> None:
    """Serving goes on, says what is wrong, tries again after a second and recovers by itself."""
    store = Store()
    live = store.live()
    live.current()
    store.broken, store.revision, store.now = True, 2, 10.0
    assert live.current().revision == 1
    live.changed(2)
    assert live.current().revision == 1
    assert live.problem == "OSError: no store"
    store.broken, looks = False, store.looks
    assert (1, looks) == (live.current().revision, store.looks)
    store.now = 11.5
    assert (2, None) == (live.current().revision, live.problem)


def test_F16_a_broken_document_leaves_the_last_good_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of the wrong shape is a failed load."""
    store = Store()
    live = store.live()
    live.current()
    monkeypatch.setattr(store, "epoch", 5)
    live.changed()
    assert live.current().epoch == "first"
    assert "epoch" in str(live.problem)


def test_without_any_snapshot_it_is_unavailable_and_recovers() -> None:
    """A cold start without store answers 503, does not hammer the store, and heals."""
    store = Store()
    store.broken = True
    live = store.live()
    for _ in range(3):
        with pytest.raises(Unavailable) as refusal:
            live.current()
        assert refusal.value.code == "busy"
    assert store.loads == 1
    store.broken, store.now = False, 2.0
    assert live.current().revision == 1


def test_F42_a_loader_that_lags_never_takes_readers_back() -> None:
    """An older revision of the same epoch is dropped."""
    store = Store()
    store.revision = 5
    live = store.live()
    live.current()
    store.revision = 4
    live.changed()
    assert live.current().revision == 5


def test_a_delta_goes_on_without_a_load() -> None:
    """A partial document that fits is enough; an old one is dropped, and a gap loads the whole."""
    store = Store()
    live = store.live()
    before = live.current()
    live.apply(change(1, 2, entries={"support/triage": {"full": {"settled": 2}}}))
    after = live.current()
    assert (2, 1) == (after.revision, store.loads)
    assert after.ruleset.ladders["support/tone"] is before.ruleset.ladders["support/tone"]
    live.apply(change(1, 2))
    assert store.loads == 1
    store.revision = 9
    live.apply(change(8, 9))
    assert (9, 2) == (live.current().revision, store.loads)


def test_changes_of_the_store_are_preferred_to_a_load() -> None:
    """With a source of changes a release costs what it changed, and a gap in them costs a load."""
    store = Store()
    live = store.live(changes=store.changes)
    live.current()
    store.revision = 2
    store.change = change(1, 2, versions={"support/triage": {"4": prompt("new")}})
    live.changed(2)
    assert (2, 1, True) == (
        live.current().revision,
        store.loads,
        live.current().version("support/triage", 4) is not None,
    )
    store.revision = 3
    live.changed(3)
    assert (3, 2) == (live.current().revision, store.loads)


def test_listeners_see_every_swap_in_order() -> None:
    """A stream learns of each revision once, with the snapshot before it."""
    store, seen = Store(), []

    def note(old: Snapshot | None, new: Snapshot) -> None:
        seen.append((old.revision if old else None, new.revision))

    live = store.live()
    stop = live.subscribe(note)
    live.current()
    for store.revision in (2, 3):
        live.changed(store.revision)
    stop()
    store.revision = 4
    live.changed(4)
    assert [(None, 1), (1, 2), (2, 3)] == seen


def test_the_document_follows_the_revision() -> None:
    """`/snapshot` is made from the newest snapshot."""
    store = Store()
    live = store.live()
    first = live.document(EVERYTHING)
    assert live.document(EVERYTHING) is first
    store.revision = 2
    live.changed(2)
    assert live.document(EVERYTHING).etag != first.etag


def test_the_newest_is_there_or_known_to_be_missing() -> None:
    """After a commit nothing older counts as the newest, but while the store fails what is held has to do."""
    store = Store()
    live = store.live()
    assert live.newest() is None
    first = live.current()
    assert first is live.newest()
    store.revision = 2
    live.changed(2)
    assert live.newest() is None
    assert first is live.peek()
    assert 2 == live.current().revision
    assert live.current() is live.newest()
    store.revision, store.broken = 3, True
    live.changed(3)
    assert live.newest() is None
    assert 2 == live.current().revision
    assert live.current() is live.newest()
