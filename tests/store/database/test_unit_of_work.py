"""The unit of work: whole or not at all, one writer at a time, and clear words when it cannot be had."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.tables import outbox

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _add(work: UnitOfWork, topic: str) -> None:
    work.connection.execute(
        sa.insert(outbox).values(topic=topic, payload={}, created_at=MOMENT, due_at=MOMENT)
    )


def _topics(store: Store) -> list[str]:
    with store.read() as work:
        return list(work.connection.execute(sa.select(outbox.c.topic).order_by(outbox.c.id)).scalars())


def test_leaving_without_commit_leaves_nothing(store: Store) -> None:
    """Neither rows nor counters remain of a unit of work that was not committed."""
    with store.write() as work:
        _add(work, "lost")
        work.next_release()
        work.raise_revision()
    assert [] == _topics(store)
    with store.read() as work:
        assert (0, 0) == (work.head.revision, work.head.last_release)


def test_an_error_rolls_back(store: Store) -> None:
    """An exception in the middle undoes what came before it."""
    with pytest.raises(LookupError), store.write() as work:
        _add(work, "lost")
        raise LookupError
    assert [] == _topics(store)


def test_counters_are_written_by_commit(store: Store) -> None:
    """Numbers grow by one; the revision by one per unit of work, however often it is raised."""
    with store.write() as work:
        assert (1, 2) == (work.next_release(), work.next_release())
        assert 1 == work.next_settings_change()
        assert (1, 1) == (work.raise_revision(), work.raise_revision())
        work.commit()
    with store.read() as work:
        assert (1, 2, 1) == (work.head.revision, work.head.last_release, work.head.last_settings_change)
    assert 1 == store.revision()


def test_any_field_of_the_head_can_change(store: Store) -> None:
    """The owner and the demo flag go through the same row."""
    with store.write() as work:
        work.change_head(owner="ana@example.com", demo=True, document_version=3)
        work.commit()
    with store.read() as work:
        assert ("ana@example.com", True, 3) == (work.head.owner, work.head.demo, work.head.document_version)


def test_one_moment_per_transaction(database_url: str) -> None:
    """`now` is asked for once, in UTC."""
    moments = iter([MOMENT, MOMENT.replace(hour=13)])
    with closing(Store(database_url, clock=lambda: next(moments))) as store, store.write() as work:
        assert (MOMENT, MOMENT) == (work.now, work.now)


def test_callbacks_run_after_the_commit_only(store: Store) -> None:
    """They find the change committed and the lock free; a rollback drops them; a failing one hurts nobody."""
    seen: list[int] = []

    def fail() -> None:
        raise LookupError

    def write_again() -> None:
        with store.write() as other:
            seen.append(other.head.revision)

    with store.write() as work:
        work.on_commit(fail)
        work.on_commit(write_again)
        work.raise_revision()
        work.commit()
        assert [] == seen
    assert [1] == seen
    with store.write() as work:
        work.on_commit(write_again)
    assert [1] == seen


def test_a_view_is_consistent_and_cannot_write(store: Store) -> None:
    """What is committed after its first query is not seen, and the database itself refuses a write."""
    with store.read() as view:
        assert 0 == view.head.revision
        with store.write() as work:
            _add(work, "later")
            work.raise_revision()
            work.commit()
        assert 0 == view.connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar()
        with pytest.raises(RuntimeError):
            view.commit()
    with pytest.raises(Unavailable, match="not written"), store.read() as view:
        _add(view, "never")
    assert ["later"] == _topics(store)


def test_writers_wait_for_each_other(database_url: str) -> None:
    """Threads of two stores on one database lose no update: every one of them gets its own revision."""
    with closing(Store(database_url)) as one, closing(Store(database_url)) as other:

        def write(number: int) -> int:
            with (one, other)[number % 2].write() as work:
                revision = work.raise_revision()
                work.commit()
                return revision

        with ThreadPoolExecutor(8) as pool:
            assert list(range(1, 41)) == sorted(pool.map(write, range(40)))
        assert 40 == one.revision()


@pytest.mark.parametrize("same_process", [True, False])
def test_F09_a_held_lock_is_reported_within_the_bound(database_url: str, same_process: bool) -> None:
    """A writer that waits too long is told `busy`; reads go on; afterwards writing works."""
    with (
        closing(Store(database_url)) as holder,
        closing(Store(database_url, lock_seconds=0.3)) as other,
    ):
        holder.lock_seconds = 0.3
        waiting = holder if same_process else other
        with holder.write():
            started = time.monotonic()
            with pytest.raises(Unavailable) as refusal, waiting.write():
                pass
            assert 0.2 < time.monotonic() - started < 2
            assert 0 == waiting.revision()
        assert ("busy", 503) == (refusal.value.code, refusal.value.status)
        assert refusal.value.remedy
        with waiting.write() as work:
            work.raise_revision()
            work.commit()


def test_a_lock_is_free_after_an_error(store: Store) -> None:
    """Neither an exception nor a thread that ends keeps the lock."""
    with pytest.raises(LookupError), store.write():
        raise LookupError
    done = threading.Event()

    def write() -> None:
        with store.write() as work:
            work.commit()
        done.set()

    threading.Thread(target=write).start()
    assert done.wait(5)
