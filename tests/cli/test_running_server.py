"""`up` serves, and the command line finds the server that runs over the same folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.scripted import Ran

PM = "pm@example.com"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The folder of a demo server that runs in a process of its own."""
    folder = tmp_path / "store"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PROMPTS_ADMIN_")}
    words = ["up", "--demo", "--port", "0", "--data", str(folder)]
    program = "import sys; from prompts_cli.entry import main; sys.exit(main())"
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-c", program, *words], env=environ, stderr=log, stdout=log
        )
        try:
            wait_for(folder / "server.json", running, tmp_path / "log")
            yield folder
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=30)


def wait_for(file: Path, running: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server has said where it is."""
    end = time.monotonic() + 60
    while not file.exists() or not file.read_text():
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def test_commands_go_to_the_server_that_runs(data: Path, run: Callable[..., Ran], tmp_path: Path) -> None:
    """Over a running server the same commands work, as the owner or with `--as`; its store cannot be replaced."""
    assert 0o600 == (data / "server.json").stat().st_mode & 0o777
    url = json.loads((data / "server.json").read_text())["url"]
    there = ("--data", str(data))
    keys = [item["key"] for item in run("status", "--json", *there, remote=False).document]
    assert "support/triage" in keys
    path = tmp_path / "support" / "tone.yaml"
    path.parent.mkdir()
    path.write_text("kind: snippet\ntext: Be kind.\n")
    assert 0 == run("save", str(path), "--as", PM, *there, remote=False).code
    live = run("promote", "support/tone", "--to", "internal", "--as", PM, "--json", *there, remote=False)
    assert ("live", PM) == (live.document["state"], live.document["proposed_by"])
    assert 0 == run("login", url, "--as", PM, remote=False).code
    assert keys == [item["key"] for item in run("status", "--json", remote=False).document]
    refused = run("restore-backup", str(path), "--yes", *there, remote=False)
    assert (1, True) == (refused.code, "Stop it first." in refused.err)


def test_a_demo_listens_on_loopback_alone(run: Callable[..., Ran], tmp_path: Path) -> None:
    """`up --demo --host 0.0.0.0` is refused before anything is made."""
    ran = run("up", "--demo", "--host", "0.0.0.0", "--data", str(tmp_path / "x"), remote=False)
    assert 2 == ran.code
    assert not (tmp_path / "x").exists()
