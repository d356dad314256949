"""What a server process installs to be killed at a chosen point; the points are found by listening, not listed."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import request_finished, request_started
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from prompts_admin.mirror import Mirror
from prompts_admin.services.notifications import delivery
from prompts_admin.services.notifications.destinations import Destination, destinations
from prompts_admin.settings.table import Settings

_NUMBERING = re.compile(r"[-_0-9]+$")


ARMED, PASSED = "armed", "passed"
"""Files in the data folder: the first makes the trap count, into the second it writes."""


class Trap:
    """Writes down each point that is passed, and dies by SIGKILL at the one called `kill_at`.

    Nothing counts before the file ARMED exists: what a server does at its start is no part of an action.
    A point is called by thread, what happens there, and how often it happened: "WSGI before COMMIT 1".
    """

    def __init__(self, data: Path, kill_at: str, *, armed: bool = False) -> None:
        self._log = os.open(data / PASSED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._armed = data / ARMED
        if armed:
            self._armed.touch()
        self._kill_at = kill_at
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def lay(self) -> None:
        """Listen to every engine, destination, mirror and application of this process."""
        event.listen(Engine, "commit", lambda _connection: self.passes("before COMMIT"))
        _tell_after(DefaultDialect, "do_commit", lambda: self.passes("after COMMIT"))
        for signal_, what in ((request_started, "before request"), (request_finished, "after request")):
            signal_.connect(lambda *_, what=what, **__: self.passes(what), weak=False)
        _tell_before(Mirror, "write", lambda: self.passes("before mirror write"))
        _tell_after(Mirror, "write", lambda: self.passes("after mirror write"))
        vars(delivery)["destinations"] = self._destinations

    def _destinations(self, settings: Settings) -> dict[str, Destination]:
        return {name: _Trapped(place, self) for name, place in destinations(settings).items()}

    def passes(self, what: str) -> None:
        """Take note that this thread is at a point."""
        if not self._armed.exists():
            return
        with self._lock:
            place = f"{_NUMBERING.sub('', threading.current_thread().name)} {what}"
            self._passed[place] += 1
            point = f"{place} {self._passed[place]}"
            os.write(self._log, f"{point}\n".encode())
            if point == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


class _Trapped:
    def __init__(self, destination: Destination, trap: Trap) -> None:
        self._destination = destination
        self._trap = trap

    def send(self, notice: Any, message_id: int) -> None:
        self._trap.passes("before send")
        self._destination.send(notice, message_id)
        self._trap.passes("after send")


def _tell_before(owner: type, name: str, tell: Callable[[], None]) -> None:
    _wrap(owner, name, before=tell)


def _tell_after(owner: type, name: str, tell: Callable[[], None]) -> None:
    _wrap(owner, name, after=tell)


def _wrap(
    owner: type,
    name: str,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> None:
    inner = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            before()
        answer = inner(*args, **kwargs)
        if after:
            after()
        return answer

    setattr(owner, name, wrapped)
