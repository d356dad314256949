"""Forked children, threads, event loops and the end of the program."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prompts_admin.sdk import Client
from tests.support.loops import run_loop
from tests.support.snapshot_server import running
from tests.support.snapshots import document
from tests.support.stream_server import StreamServer, until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def server() -> Iterator[StreamServer]:
    """A server with a stream."""
    with running(StreamServer(document())) as server:
        yield server
        server.push(None)


def in_child(check: Callable[[], bool]) -> int:
    """Run a check in a forked child and return the child's exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if check() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_gets_a_line_of_its_own_when_it_asks(server: StreamServer) -> None:
    """It answers at once, follows by itself under an id of its own, and leaves the parent's stream alone."""
    with Client(server.url) as client:
        until(lambda: client.source == "stream")

        def check() -> bool:
            assert client.source != "stream"
            assert client.prompt("support/triage").version == 1
            until(lambda: client.source == "stream")
            return client.prompt("support/triage").messages(name="Bo") != []

        assert in_child(check) == 0
        assert client.source == "stream"
        ids = [one["X-Prompts-Admin-Reader"] for one in server.opened]
        assert (2, 2) == (len(ids), len(set(ids)))
        server.publish(document(revision=2))
        until(lambda: client.revision == 2)


def test_a_forked_child_that_never_asks_has_no_threads(server: StreamServer) -> None:
    """A pool of processes that do something else costs the server nothing."""
    with Client(server.url) as client:
        until(lambda: client.source == "stream")
        assert in_child(lambda: client.revision == 1) == 0
        assert len(server.opened) == 1


def test_a_child_may_close_and_refresh(server: StreamServer) -> None:
    """Nothing of it waits for a lock or a thread that only the parent has."""
    with Client(server.url) as client:
        until(lambda: client.source == "stream")

        def check() -> bool:
            refreshed = client.refresh()
            client.close()
            return refreshed and client.prompt("support/triage").version == 1

        assert in_child(check) == 0
        assert client.source == "stream"


def _asked(client: Client, answers: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    answers.put(client.prompt("support/triage").version)


def test_children_of_multiprocessing_answer(server: StreamServer) -> None:
    """A pre-fork server's workers use the client that was made before they were."""
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    with Client(server.url) as client:
        workers = [context.Process(target=_asked, args=(client, answers)) for _ in range(2)]
        for worker in workers:
            worker.start()
        assert [1, 1] == [answers.get(timeout=10) for _ in workers]
        for worker in workers:
            worker.join(10)
            assert worker.exitcode == 0


PROGRAM = """
import sys, time
from prompts_admin.sdk import Client
client = Client(sys.argv[1])
until = time.monotonic() + 10
while client.source != "stream" and time.monotonic() < until:
    time.sleep(0.01)
print(client.source, time.time(), flush=True)
"""


@pytest.mark.parametrize("end", ["", "client.close()", "sys.exit(0)", "del client"])
def test_no_thread_keeps_the_program(server: StreamServer, end: str) -> None:
    """However it ends, a program with an open stream is gone within a second."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + end, server.url],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    source, ended = done.stdout.split()
    assert ("stream", "") == (source, done.stderr)
    assert time.time() - float(ended) < 1.0


def test_answers_never_block_an_event_loop(server: StreamServer) -> None:
    """A call takes no lock and waits for nothing, so coroutines may ask."""

    async def ask(client: Client) -> list[int | None]:
        async def one() -> int | None:
            await asyncio.sleep(0)
            return client.prompt("support/triage", user="u-17").version

        return await asyncio.gather(*(one() for _ in range(50)))

    with Client(server.url) as client:
        until(lambda: client.source == "stream")
        holder = client._holder
        with holder._lock:
            assert [1] * 50 == run_loop(ask(client))
