"""The progress line on standard error while something takes longer than a second, for people at a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

# A line for what is quicker would only flicker.
PATIENCE_SECONDS = 1.0


@contextlib.contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[None]:
    """Show `label` and the seconds passed from the second second on; nothing unless stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(label, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(label: str, done: threading.Event) -> None:
    start = time.monotonic()
    shown = False
    while not done.wait(PATIENCE_SECONDS):
        sys.stderr.write(f"\r… {label} ({time.monotonic() - start:.0f} s) ")
        sys.stderr.flush()
        shown = True
    if shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
