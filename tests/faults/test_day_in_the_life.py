"""A day in the life of a reader: everything around it fails, one after another, while it is asked all the time.

A real server process, the real client, and a wire between the two that can be cut in the middle of an event.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3

from prompts_admin.sdk import Client
from tests.faults.wire import Wire

KEY = "support/triage"
SECONDS = 40.0
SERVE = "import sys; from prompts_cli.main import main; sys.exit(main())"


class Server:
    """A server process over a data folder, on one port for the whole day."""

    def __init__(self, data: Path, secrets: dict[str, str]) -> None:
        self.data = data
        self.secrets = secrets
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self._http = urllib3.PoolManager(retries=False, timeout=30)
        self.start()

    def start(self) -> None:
        """Serve."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PROMPTS_ADMIN_")}
        environ = kept | {"PROMPTS_ADMIN_HEARTBEAT_SECONDS": "0.5", "PROMPTS_ADMIN_MIRROR": "off"}
        command = [sys.executable, "-c", SERVE, "--data", str(self.data), "serve", "--port", str(self.port)]
        with (self.data / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        until(lambda: self.answers("/healthz"))

    def end(self, number: int = signal.SIGKILL) -> None:
        """Stop serving, by default at once."""
        self._process.send_signal(number)
        self._process.wait(30)

    def answers(self, path: str) -> bool:
        """Tell whether it is there."""
        try:
            return self._http.request("GET", f"http://127.0.0.1:{self.port}{path}").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """Change something as an administrator."""
        headers = {"Authorization": f"Bearer {self.secrets['admin']}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/api/v1{path}"
        answer = self._http.request("POST", url, body=json.dumps(body).encode(), headers=headers)
        assert answer.status in (200, 201), answer.data
        return dict(answer.json())

    def serve_version(self, number: int, text: str) -> int:
        """Save a version and make it live for internal users; return its revision."""
        headers = {"Authorization": f"Bearer {self.secrets['admin']}", "If-Match": f'"{number - 1}"'}
        url = f"http://127.0.0.1:{self.port}/api/v1/artifacts/{KEY}/versions"
        shown = self._http.request("GET", f"{url}/1", headers=headers).json()["content"]
        body = json.dumps({"content": {**shown, "description": text}, "message": text}).encode()
        sent = headers | {"Content-Type": "application/json"}
        saved = self._http.request("POST", url, body=body, headers=sent)
        assert 201 == saved.status, saved.data
        made = self.post("/releases", {"stage": "internal", "items": [{"key": KEY, "version": number}]})
        assert "live" == made["state"], made
        return int(made["revision"])


class Asker(threading.Thread):
    """Asks a client about a thousand times a second, and keeps whatever it was told and whatever went wrong."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.told: list[tuple[int | None, int | None]] = []
        self.wrong: list[BaseException] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.wait(0.001):
            try:
                before = self.client.revision
                answer = self.client.prompt(KEY, user="u-1", groups=("internal",))
                answer.messages(ticket="My invoice is wrong", history=[])
                if before == self.client.revision:
                    self._note(before, answer.version)
            except BaseException as error:
                self.wrong.append(error)

    def _note(self, revision: int | None, version: int | None) -> None:
        if not self.told or self.told[-1] != (revision, version):
            self.told.append((revision, version))


def until(holds: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not recover in time"
        time.sleep(0.02)


@pytest.fixture
def server(world_template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Server]:
    """A server over a world of the test's own."""
    shutil.copytree(world_template[0], tmp_path / "data")
    found = Server(tmp_path / "data", world_template[1])
    yield found
    with suppress(ProcessLookupError):
        found.end()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A wire to the server."""
    with Wire(server.port) as found:
        yield found


class Day:
    """What happens around one client, and which version each revision was to serve."""

    def __init__(self, server: Server, wire: Wire, client: Client, cache: Path) -> None:
        self.server, self.wire, self.client, self.cache = server, wire, client, cache
        first = client.prompt(KEY, user="u-1", groups=("internal",)).version
        self.versions = {client.revision: first}
        self.asker = Asker(client)
        self.asker.start()
        until(lambda: client.source == "stream")

    def recovers(self, text: str) -> None:
        """Make another version live, which the client must come to serve."""
        # The world has saved two already.
        number = len(self.versions) + 2
        revision = self.server.serve_version(number, text)
        self.versions[revision] = number
        until(lambda: self.client.revision == revision)

    def tears_an_event(self) -> None:
        """In the middle, and the connection with it."""
        self.wire.cut_after(200)
        self.recovers("a torn event")

    def goes_silent(self) -> None:
        """Nothing comes through, but nothing says so either."""
        self.wire.hold()
        until(lambda: self.client.problem is not None or self.client.source != "stream")
        self.wire.let_go()
        self.recovers("a silent connection")

    def kills_the_server(self) -> None:
        """And starts it again."""
        self.server.end()
        until(lambda: self.client.source in ("memory", "disk"))
        self.server.start()
        until(lambda: self.client.source == "stream")
        self.recovers("a killed server")

    def locks_the_database(self) -> None:
        """Another process holds it for a second; serving goes on."""
        path = self.server.data / "prompts-admin.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(1)
            assert "stream" == self.client.source
            other.execute("ROLLBACK")
        self.recovers("a locked database")

    def spoils_the_cache(self) -> None:
        """A file stands where the folder was, so that nothing can be kept."""
        shutil.rmtree(self.cache)
        self.cache.write_text("no folder")
        self.recovers("a disk that takes nothing")
        self.cache.unlink()

    def sets_the_clock_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """By an hour."""
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() - 3_600)
        self.recovers("a clock that was set back")
        monkeypatch.setattr(time, "time", real)
        until(lambda: any(self.cache.glob("*/*.json")))

    def revokes_the_token(self) -> None:
        """And stops the server; what is held stays."""
        last = self.client.revision
        revoke(self.server)
        until(lambda: self.client.source == "memory")
        self.server.end(signal.SIGTERM)
        assert last == self.client.revision

    def ends(self) -> None:
        """Look at all that was told meanwhile: nothing raised, nothing went back, nothing was wrong."""
        self.asker.over.set()
        self.asker.join(10)
        assert [] == self.asker.wrong
        revisions = [revision for revision, _ in self.asker.told]
        assert sorted(revisions) == revisions  # type: ignore[type-var]
        assert [] == [told for told in self.asker.told if self.versions.get(told[0]) != told[1]]


@pytest.mark.timeout(180)
def test_F09_F12_F16_F18_F22_F41_a_day_in_the_life(
    server: Server, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No exception reaches a caller, no revision goes back, each version is that of its revision, all recovers."""
    cache = tmp_path / "cache"
    with Client(wire.url, token=server.secrets["serve"], cache_dir=cache, poll_seconds=2.0) as client:
        day = Day(server, wire, client, cache)
        day.recovers("an ordinary morning")
        day.tears_an_event()
        day.goes_silent()
        day.kills_the_server()
        day.locks_the_database()
        day.spoils_the_cache()
        day.sets_the_clock_back(monkeypatch)
        day.revokes_the_token()
        day.ends()
    starts_over_a_damaged_cache(wire.url, server.secrets["serve"], cache)


def revoke(server: Server) -> None:
    """Revoke the reader's token."""
    token_id = server.secrets["serve"].split("_")[1]
    url = f"http://127.0.0.1:{server.port}/api/v1/tokens/{token_id}"
    headers = {"Authorization": f"Bearer {server.secrets['admin']}"}
    assert 200 == urllib3.request("DELETE", url, headers=headers).status


def starts_over_a_damaged_cache(url: str, token: str, cache: Path) -> None:
    """A new process with a damaged cache and no server uses what it brought along."""
    kept = next(cache.glob("*/*.json"))
    kept.write_bytes(kept.read_bytes()[:-20] + b"x" * 20)
    bundled = {
        "format": 1, "epoch": "bundled", "revision": 1, "created_at": "", "audiences": {"full": "everybody"},
        "features": {}, "entries": {}, "versions": {},
    }  # fmt: skip
    with Client(url, token=token, cache_dir=cache, fallback=bundled, wait_seconds=2.0) as client:
        assert "fallback" == client.source
        assert "Hello" == client.prompt(KEY, default="Hello").messages(ticket="x")[0]["content"]
    assert kept.with_suffix(".damaged").exists()
