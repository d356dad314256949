"""One publisher at a time, among the threads and the processes that serve a store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from prompts_admin.domain.errors import Unavailable
from prompts_admin.mirror.lock import held
from prompts_admin.services.core.runner import Runner
from prompts_admin.store.database.named_locks import turn

FILE = "publish.lock"


@contextmanager
def publishing_turn(runner: Runner, threads: threading.Lock, seconds: float) -> Iterator[bool]:
    """Take the turn to publish, waiting so long at most; yields whether it was had.

    The database or the kernel gives it back when the process dies.
    """
    if not threads.acquire(timeout=max(seconds, 0.001)):
        yield False
        return
    try:
        if runner.store.engine.dialect.name == "postgresql":
            with turn(runner.store, "prompts-admin publish", seconds=seconds) as had:
                yield had
            return
        runner.settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as lock:
            yield _taken(lock, held(runner.settings.data / FILE, patience=seconds))
    finally:
        threads.release()


def _taken(stack: ExitStack, lock: AbstractContextManager[int]) -> bool:
    try:
        stack.enter_context(lock)
    except Unavailable:
        return False
    return True
