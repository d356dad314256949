"""Runs calls at the same moment, in threads or in processes, and tells what became of each."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from prompts_admin.domain.errors import ProductError

PROGRAM = """
import json, sys
from prompts_admin.domain.errors import ProductError
from prompts_admin.services.product import Product
from prompts_admin.settings import Settings
from prompts_admin.store.unit_of_work import Store
from tests.support.cast import START
from tests.support.desk import Desk

url, call, arguments, options = json.loads(sys.argv[1])
product = Product(Store(url, clock=lambda: START, lock_seconds=60), Settings())
desk = Desk(product, None)
with product.store.read() as uow:
    print("ready", flush=True)
sys.stdin.readline()
try:
    getattr(desk, call)(*arguments, **options)
    print("done")
except ProductError as error:
    print(error.code)
product.close()
"""
Call = tuple[str, Sequence[Any], dict[str, Any]]
"""The name of a method of `Desk`, its arguments and its keyword arguments."""


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


def in_processes(url: str, calls: Sequence[Call]) -> list[str]:
    """Call all at once, each in a process of its own; return what `in_threads` returns."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps([url, *call])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]
    for process in running:
        assert process.stdout is not None and "ready" == process.stdout.readline().strip()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=90)[0].strip() for process in running]
