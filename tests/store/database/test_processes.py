"""Several processes on one database, and processes that die in the middle."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from prompts_admin.domain.audit_chain import verify
from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.records import audit, outbox

NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = """
import sys
from datetime import UTC, datetime
from prompts_admin.store.records import audit, outbox
from prompts_admin.store.database.unit_of_work import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)
store = Store(sys.argv[1], lock_seconds=30)

def write(work):
    outbox.add(work.connection, "mail", work.raise_revision(), now=NOW)
    work.next_release()
    audit.append(work, actor="ana@example.com", via="cli", action="save", subject="a/b", detail={})
"""
WRITE_MANY = (
    START
    + """
for _ in range(10):
    with store.write() as work:
        write(work)
        work.commit()
"""
)
WRITE_AND_WAIT = (
    START
    + """
def wait():
    print("ready", flush=True)
    sys.stdin.read()

with store.write() as work:
    write(work)
    if sys.argv[2] == "before":
        wait()
    work.commit()
wait()
"""
)


@contextmanager
def _waiting(url: str, moment: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that stops before or after its COMMIT, and kill it at the end."""
    command = [sys.executable, "-c", WRITE_AND_WAIT, url, moment]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "ready\n" == process.stdout.readline()
            yield process
        finally:
            process.kill()


def _revisions(store: Store) -> list[int]:
    with store.read() as work:
        assert verify(audit.walk(work.connection), anchor=audit.end_of_chain(work.head)).ok
        assert work.head.revision == work.head.last_release == work.head.audit_seq
        return [message.payload for message in outbox.due(work.connection, NOW, limit=100)]


def test_processes_lose_no_update(store: Store, database_url: str) -> None:
    """Three processes and this one write at once: the revision grows by one for each, the chain is whole."""
    command = [sys.executable, "-c", WRITE_MANY, database_url]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: subprocess.run(command, check=True), range(3)))
    assert 3 == len(done)
    assert list(range(1, 31)) == _revisions(store)


@pytest.mark.parametrize(("moment", "expected"), [("before", []), ("after", [1])])
def test_F01_a_killed_process_leaves_one_side_or_the_other(
    store: Store, database_url: str, moment: str, expected: list[int]
) -> None:
    """SIGKILL before COMMIT leaves the old state, after it the new one, and the lock is free at once."""
    with _waiting(database_url, moment) as process:
        process.kill()
        process.wait()
    assert expected == _revisions(store)
    with store.write() as work:
        work.commit()


def test_F09_another_process_that_holds_the_lock_is_waited_for_within_the_bound(
    store: Store, database_url: str
) -> None:
    """The answer is `busy` after the bound; reads go on meanwhile."""
    store.lock_seconds = 0.3
    with _waiting(database_url, "before"):
        with pytest.raises(Unavailable) as refusal, store.write():
            pass
        assert "busy" == refusal.value.code
        assert [] == _revisions(store)
    with store.write() as work:
        work.commit()
