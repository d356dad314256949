"""Clients of OpenFeature that run in Node, spoken to by lines of JSON."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts import node as installed

SCRIPT = installed.SOURCE / "clients.mjs"
PATIENCE = 30


@pytest.fixture(scope="session")
def node_clients() -> Path:
    """The folder of the npm packages; a test that needs it is skipped with the reason where there is none."""
    found = installed.find()
    if found is None:
        if installed.is_required():
            pytest.fail(installed.NONE_FOUND)
        pytest.skip(installed.NONE_FOUND)
    return found


class NodeClient:
    """A client in a process of its own; what it hears of its provider is kept in `events`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.events: list[dict[str, Any]] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def details(self, key: str, fallback: Any, **context: Any) -> dict[str, Any]:
        """Ask for the evaluation details of an object."""
        return self._ask(op="details", key=key, fallback=fallback, context=context)

    def change_context(self, **context: Any) -> None:
        """Become another user."""
        self._ask(op="context", context=context)

    def wait_for(self, name: str) -> dict[str, Any]:
        """Wait until the provider emits an event, or return the one that it has emitted since the last call."""
        while True:
            for index, event in enumerate(self.events):
                if event["event"] == name:
                    del self.events[: index + 1]
                    return event
            self._next()

    def until(self, name: str) -> dict[str, Any]:
        """Wait for a message that has this member."""
        while True:
            message = self._next()
            if name in message:
                return message

    def close(self) -> None:
        """End it."""
        self._ask(op="close")

    def _ask(self, **message: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return self.until("answer")["answer"]

    def _next(self) -> dict[str, Any]:
        message = self._lines.get(timeout=PATIENCE)
        if "event" in message:
            self.events.append(message)
        return message

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(json.loads(line))


@contextmanager
def node_client(clients: Path, kind: str, *, server: str, token: str, **context: Any) -> Iterator[NodeClient]:
    """Run a client of the kind `server` or `web`; the latter belongs to one user from the start."""
    told = {"CLIENTS": str(clients), "SERVER": server, "TOKEN": token, "CONTEXT": json.dumps(context)}
    with subprocess.Popen(
        ["node", str(SCRIPT), kind],
        env={**os.environ, **told},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        client = NodeClient(process)
        try:
            client.until("ready")
            yield client
            client.close()
        finally:
            process.kill()
