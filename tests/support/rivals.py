"""Runs calls at the same moment, in threads or in processes, and tells what became of each."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from prompts_admin.domain.errors import ProductError

# One job after the other: a line with the call, "ready", a line to go, the outcome. Starting Python for
# each job would take most of the time of the tests.
PROGRAM = """
import json, sys
from prompts_admin.domain.errors import ProductError
from prompts_admin.server.bootstrap import make_product
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Store
from tests.support.cast import Clock
from tests.support.desk import Desk

for line in sys.stdin:
    url, name, arguments, options = json.loads(line)
    product = make_product(Store(url, clock=Clock(), lock_seconds=60), Settings())
    with product.store.read():
        print("ready", flush=True)
    sys.stdin.readline()
    try:
        getattr(Desk(product, Clock()), name)(*arguments, **options)
        outcome = "done"
    except ProductError as error:
        outcome = error.code
    product.close()
    print(outcome, flush=True)
"""
Call = tuple[str, Sequence[Any], dict[str, Any]]
"""The name of a method of `Desk`, its arguments and its keyword arguments."""


class Processes:
    """Two processes that run one call each at the same moment."""

    def __init__(self) -> None:
        self._running = [_start() for _ in range(2)]

    def run(self, url: str, calls: Sequence[Call]) -> list[str]:
        """Call all at once on the database `url`; return what `in_threads` returns."""
        pairs = list(zip(self._running, calls, strict=True))
        for process, call in pairs:
            _say(process, json.dumps([url, *call]))
        assert ["ready"] * len(pairs) == [_hear(process) for process, _ in pairs]
        for process, _ in pairs:
            _say(process, "go")
        return [_hear(process) for process, _ in pairs]

    def close(self) -> None:
        """End both."""
        for process in self._running:
            with process:
                process.terminate()


@pytest.fixture(scope="session")
def rival_processes() -> Iterator[Processes]:
    """Two processes beside this one."""
    processes = Processes()
    yield processes
    processes.close()


def in_threads(calls: Sequence[Callable[[], Any]]) -> list[str]:
    """Call all at once; return "done" or the code of the refusal, in the order of `calls`."""
    start = threading.Barrier(len(calls))
    outcomes = [""] * len(calls)

    def run(index: int) -> None:
        start.wait(30)
        try:
            calls[index]()
            outcomes[index] = "done"
        except ProductError as error:
            outcomes[index] = error.code
        except Exception as error:
            outcomes[index] = repr(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def _start() -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
