"""What a server does when it is told to stop, and what it refuses to start over."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.server import process
from tests.faults.places import settings
from tests.faults.scenes import Template
from tests.faults.stores import ACTIONS
from tests.faults.victims import SECONDS, Nursery, running

REQUESTS = 6
STOP_SECONDS = 30


@pytest.fixture
def data(template: Template, folder: Path) -> Path:
    """A data folder of the test's own."""
    shutil.copytree(template[0], folder / "data")
    return folder / "data"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_F44_requests_under_way_are_answered_before_a_server_stops(
    nursery: Nursery, template: Template, data: Path, number: signal.Signals
) -> None:
    """Told to stop while changes wait for a lock, it answers each, ends in time and takes its run file away."""
    orders = [ACTIONS["promote"].order(template[1], f"once-{n}") for n in range(REQUESTS)]
    with running(nursery, data) as victim, ThreadPoolExecutor(REQUESTS) as pool:
        with closing(sqlite3.connect(data / "prompts-admin.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            victim.arm()
            answers = [pool.submit(victim.ask, order) for order in orders]
            until(lambda: REQUESTS == sum("before request" in point for point in victim.passed))
            os.kill(victim.process, number)
            began = time.monotonic()
            time.sleep(0.3)
        # The first makes it live; to the others there is nothing left to do, and that is an answer.
        assert [201, *[409] * (REQUESTS - 1)] == sorted(answer.result() or 0 for answer in answers)
        assert 0 == victim.wait(), (data / "log").read_text()
        assert time.monotonic() - began < STOP_SECONDS
    assert not (data / process.RUN_FILE).exists()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_F01_a_run_file_that_a_killed_server_left_is_replaced(
    nursery: Nursery, template: Template, data: Path
) -> None:
    """After kill -9 the next server starts over the same folder and says where it is."""
    with running(nursery, data) as victim:
        os.kill(victim.process, signal.SIGKILL)
        victim.wait()
        assert (data / process.RUN_FILE).exists()
    with running(nursery, data) as victim:
        assert 201 == victim.ask(ACTIONS["promote"].order(template[1], "once"))


def test_F43_an_older_program_refuses_a_newer_store(data: Path) -> None:
    """It names the schema that it does not know and touches nothing, whether it may migrate or not."""
    with closing(sqlite3.connect(data / "prompts-admin.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_of_the_future'")
    before = (data / "prompts-admin.db").read_bytes()
    for migrate in (False, True):
        with pytest.raises(Unavailable, match="9999_of_the_future") as refusal:
            process.run(replace(settings(data), port=0), demo=False, migrate=migrate)
        assert ("schema_mismatch", 503) == (refusal.value.code, refusal.value.status)
        assert refusal.value.remedy
    assert before == (data / "prompts-admin.db").read_bytes()
    assert not (data / process.RUN_FILE).exists()
