"""Building the wheel and installing it into empty environments, for the tests of what people will install."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.sources import ROOT

START_SECONDS = 45
STOP_SECONDS = 15
# What a person's shell would not have: anything that points back to the checkout or to another store.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Environment:
    """An environment that holds the wheel and nothing of the checkout; commands run from a foreign folder."""

    folder: Path
    elsewhere: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs to its end."""
        line = [str(self.folder / "bin" / command), *arguments]
        return subprocess.run(
            line,
            cwd=self.elsewhere,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def running(self, command: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start one of the environment's programs; it is ended with the block."""
        line = [str(self.folder / "bin" / command), *arguments]
        process = subprocess.Popen(
            line,
            cwd=self.elsewhere,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=STOP_SECONDS)


def build(folder: Path) -> Path:
    """Build the source distribution and from it the wheel, as a release would; return the wheel."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--skip-dependency-check",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, *, extra: str, folder: Path) -> Environment:
    """Make an empty environment with `prompts-admin[extra]` from `wheel`, its libraries from the index.

    Skips the test where the index cannot be reached, unless CI is true.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    wanted = f"{wheel}[{extra}]" if extra else str(wheel)
    # What is never imported need not be compiled.
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "venv"),
        "install",
        "--quiet",
        "--no-compile",
    ]
    pip.append(wanted)
    done = subprocess.run(pip, cwd=elsewhere, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode and os.environ.get("CI") != "true" and "Could not find a version" in done.stderr:
        pytest.skip("the package index cannot be reached, so the wheel cannot be installed")
    assert done.returncode == 0, done.stdout + done.stderr
    return Environment(folder / "venv", elsewhere)


def environment() -> dict[str, str]:
    """Return the environment variables of a person who has just installed the program."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith(("PROMPTS_ADMIN_", "PYTEST_", "COV_"))
    }


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def page(url: str, process: subprocess.Popen[str]) -> str:
    """Return what `url` answers as soon as `process` serves it; fails with its output when it ends before."""
    deadline, last = time.monotonic() + START_SECONDS, ""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}: {process.communicate()[0]}")
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError) as error:
            last = str(error)
            time.sleep(0.2)
    raise AssertionError(f"'{url}' did not answer within {START_SECONDS} s: {last}")
