"""Other processes' commits are heard of, also after the connection was lost."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from prompts_admin.store.database import change_listener
from prompts_admin.store.database.change_listener import Watcher
from prompts_admin.store.database.unit_of_work import Store
from tests.support.threads import begun_since, living

WRITE = """
import sys
from prompts_admin.store.database.unit_of_work import Store
with Store(sys.argv[1]).write() as work:
    work.raise_revision()
    work.commit()
"""


@pytest.fixture
def heard(store: Store) -> Iterator[queue.Queue[int]]:
    """The revisions that a watcher found when it was called, the first one when it began."""
    revisions: queue.Queue[int] = queue.Queue()
    with Watcher(store, lambda: revisions.put(store.revision())):
        yield revisions


def _until(revisions: queue.Queue[int], wanted: int) -> None:
    while revisions.get(timeout=10) != wanted:
        pass


def test_another_process_is_heard(database_url: str, heard: queue.Queue[int]) -> None:
    """The callback finds the new revision."""
    assert 0 == heard.get(timeout=10)
    subprocess.run([sys.executable, "-c", WRITE, database_url], check=True)
    _until(heard, 1)


def test_a_rollback_is_not_heard(
    store: Store, heard: queue.Queue[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is told of what did not happen."""
    monkeypatch.setattr(change_listener, "_UNHEARD_SECONDS", 3_600)
    heard.get(timeout=10)
    with store.write() as work:
        work.raise_revision()
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.3)


def test_a_failing_callback_is_called_again(store: Store) -> None:
    """One failure does not end the watch."""
    called = threading.Semaphore(0)

    def fail() -> None:
        called.release()
        raise LookupError

    with (
        Watcher(store, fail),
        closing(Store(store.engine.url.render_as_string(hide_password=False))) as other,
    ):
        assert called.acquire(timeout=10)
        with other.write() as work:
            work.raise_revision()
            work.commit()
        assert called.acquire(timeout=10)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_F12_a_lost_connection_is_opened_again(
    store: Store, heard: queue.Queue[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server ends the connection the watcher listens anew, and tells what it may have missed."""
    monkeypatch.setattr(change_listener, "_RETRY_SECONDS", 0.01)
    heard.get(timeout=10)
    with store.engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN prompts_admin'"
        assert [True] == list(connection.scalars(sa.text(others)))
    assert 0 == heard.get(timeout=10)
    with store.write() as work:
        work.raise_revision()
        work.commit()
    _until(heard, 1)


def test_closing_ends_the_thread(store: Store) -> None:
    """No thread and no connection remains."""
    before = living()
    watch = Watcher(store, lambda: None)
    assert 1 == len(begun_since(before, "store-watcher"))
    watch.close()
    assert not begun_since(before, "store-watcher")


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_F12_a_listener_that_hears_nothing_looks_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection may be dead without anybody having said so: silence is not trusted for long."""
    monkeypatch.setattr(change_listener, "CHANNEL", "a_channel_on_which_nobody_speaks")
    monkeypatch.setattr(change_listener, "_UNHEARD_SECONDS", 0.1)
    revisions: queue.Queue[int] = queue.Queue()
    with Watcher(store, lambda: revisions.put(store.revision())):
        assert 0 == revisions.get(timeout=10)
        with store.write() as work:
            work.raise_revision()
            work.commit()
        _until(revisions, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_F10_what_could_not_be_read_is_read_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No further commit is needed for a callback that failed to be called again."""
    monkeypatch.setattr(change_listener, "_UNHEARD_SECONDS", 0.1)
    called = threading.Semaphore(0)

    def fail() -> None:
        called.release()
        raise LookupError

    with Watcher(store, fail):
        assert called.acquire(timeout=10)
        assert called.acquire(timeout=10)
