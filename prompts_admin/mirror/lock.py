"""The lock between processes and threads, which the kernel lets go when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prompts_admin.domain.errors import Unavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE = 0.02


@contextmanager
def held(path: Path, *, patience: float) -> Iterator[int]:
    """Hold the lock on `path` and yield its descriptor; a child that inherits it prolongs the lock.

    Raises Unavailable ("busy") when another holder does not let go within `patience` seconds. The file stays:
    deleting it would let two holders lock two different files of the same name.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + patience
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise Unavailable(
                    "busy", "The git mirror is being written by somebody else.", "Try again shortly."
                )
            time.sleep(_PAUSE)
        yield descriptor
    finally:
        # Closing, not unlocking: a git that outlived its time limit must keep others out until it is gone.
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
