"""Running coroutines in tests: in a thread of their own, since browser tests keep a loop in the main one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

R = TypeVar("R")


def run_loop(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end on an event loop of its own, and return what it returns."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
