"""Which threads and log lines are a test's own: threads of earlier tests may live on in the same process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable

Threads = frozenset[threading.Thread]


def living() -> Threads:
    """Return the threads of this process."""
    return frozenset(threading.enumerate())


def begun_since(before: Collection[threading.Thread], name: str) -> Threads:
    """Return the living threads whose names begin with `name` and that were not there before."""
    return frozenset(thread for thread in living() if thread.name.startswith(name) and thread not in before)


def said_here(records: Iterable[logging.LogRecord], *others: threading.Thread) -> list[logging.LogRecord]:
    """Return what the thread that asks has logged, and these other ones."""
    own = {thread.ident for thread in (threading.current_thread(), *others)}
    return [record for record in records if record.thread in own]
