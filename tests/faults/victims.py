"""Servers in processes of their own that tests talk to, kill and wait for."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import urllib3

from prompts_admin.server.bootstrap import prepare_store
from prompts_admin.server.process import RUN_FILE
from tests.faults.places import Place, settings
from tests.faults.stores import fill
from tests.faults.traps import ARMED, PASSED
from tests.support.world import PREFIX

ROOT = Path(__file__).parents[2]
SECONDS = 60


class Nursery:
    """Gives orders to a process that has loaded the program and forks; one order at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def fork(self, run: str, data: Path, **order: Any) -> int:
        """Start a process and return its id; `ended` tells its end."""
        line = {"run": run, "data": str(data), "database_url": "", "kill_at": "", **order}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        process = self.ended(SECONDS)
        assert process, "the nursery died"
        return process

    def ended(self, seconds: float = SECONDS) -> int | None:
        """Wait for the end of the process; return its exit code (-9: killed), None when it goes on."""
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        return int(self._process.stdout.readline()) if ready else None

    def close(self) -> None:
        """End it; a process that it forked is waited for."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(SECONDS)
        assert self._process.stdout
        self._process.stdout.close()


@dataclass
class Server:
    """A server process, and a client that speaks to it."""

    nursery: Nursery
    data: Path
    process: int
    code: int | None = None
    """How it ended; None while it goes on."""

    @property
    def url(self) -> str:
        return str(json.loads((self.data / RUN_FILE).read_text())["url"])

    def ask(self, action: dict[str, Any]) -> int | None:
        """Send an action; return the status, None when the server died over it."""
        try:
            sent = json.dumps(action["body"]).encode()
            headers = {"Content-Type": "application/json", **action["headers"]}
            return http.request("POST", self.url + PREFIX + action["path"], body=sent, headers=headers).status
        except urllib3.exceptions.HTTPError:
            return None

    @property
    def passed(self) -> list[str]:
        """The points that it passed since it was armed, in order."""
        return (self.data / PASSED).read_text().splitlines()

    def arm(self) -> None:
        """Let the trap count from now on."""
        (self.data / ARMED).touch()

    def wait(self, seconds: float = SECONDS) -> int | None:
        """Wait for its end; return the exit code (-9: killed), None when it goes on."""
        if self.code is None:
            self.code = self.nursery.ended(seconds)
        return self.code


http = urllib3.PoolManager(maxsize=16, retries=False, timeout=SECONDS)


@contextmanager
def running(nursery: Nursery, data: Path, **order: Any) -> Iterator[Server]:
    """Run a server over a data folder; it is killed at the end unless it has ended."""
    server = Server(nursery, data, nursery.fork("serve", data, **order))
    try:
        _wait_until_it_listens(server)
        yield server
    finally:
        if server.wait(0) is None:
            os.kill(server.process, signal.SIGKILL)
            server.wait()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The nursery of this test process."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: what survives a killed process need not reach a disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A filled data folder to copy, and the tokens of those who act on it."""
    data = tmp_path_factory.mktemp("faults") / "template"
    prepare_store(settings(data))
    secrets = fill(data)
    return data, secrets


@pytest.fixture
def place(template: tuple[Path, dict[str, str]], folder: Path) -> Iterator[Place]:
    """A program over a copy of that folder, in this process."""
    shutil.copytree(template[0], folder / "data")
    opened = Place(folder / "data")
    yield opened
    opened.product.close()


@pytest.fixture
def secrets(template: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The tokens of those who act."""
    return template[1]


def _wait_until_it_listens(server: Server) -> None:
    deadline = time.monotonic() + SECONDS
    file = server.data / RUN_FILE
    # A server that was killed has left its run file.
    while not (file.exists() and f'"pid": {server.process},' in file.read_text()):
        assert server.wait(0) is None and time.monotonic() < deadline, (server.data / "log").read_text()
        time.sleep(0.01)
