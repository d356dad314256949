"""A server process over a database, and clients that ask it for as long as they are told."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

SERVE = "import sys; from prompts_cli.main import main; sys.exit(main())"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """A server process."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has used, 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Asking:
    """One client: a kept connection, sending JSON with a token."""

    url: str
    token: str
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a request and note how long it took; return status and document."""
        text = None if body is None else json.dumps(body)
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.perf_counter()
        self._connection.request(method, f"/api/v1{path}", body=text, headers=sent)
        answer = self._connection.getresponse()
        raw = answer.read()
        self.seconds.append(time.perf_counter() - began)
        return answer.status, json.loads(raw) if raw else None


@dataclass(frozen=True)
class Result:
    """What clients got done: requests a second, their median in milliseconds, the server's CPU for each."""

    rate: float
    median_ms: float
    cpu_ms: float

    def __str__(self) -> str:
        cpu = f", {self.cpu_ms:.1f} ms of server CPU each" if self.cpu_ms else ""
        return f"{self.rate:7.1f}/s, median {self.median_ms:6.1f} ms{cpu}"


@contextmanager
def serving(url: str, folder: Path, **settings: str) -> Iterator[Running]:
    """Run `prompts-admin serve` over a filled database until the block ends."""
    environ = {**os.environ, "PROMPTS_ADMIN_DATABASE_URL": url, "PROMPTS_ADMIN_DATA": str(folder)}
    environ |= {f"PROMPTS_ADMIN_{name.upper()}": value for name, value in settings.items()}
    # No limit of changes a minute: a limit would be what is measured.
    environ |= {"PROMPTS_ADMIN_WRITES_PER_MINUTE": "0", "PROMPTS_ADMIN_LOG_LEVEL": "warning"}
    run_file = folder / "server.json"
    process = subprocess.Popen([sys.executable, "-c", SERVE, "serve", "--port", "0"], env=environ)
    try:
        yield Running(_address(run_file, process), process.pid)
    finally:
        process.terminate()
        process.wait(30)


def run(
    server: Running, token: str, count: int, step: Callable[[Asking, int, int], None], seconds: float
) -> Result:
    """Let `count` clients take steps for some seconds; a step is given the client, its number and its turn."""
    asking = [Asking(server.url, token) for _ in range(count)]
    gate = threading.Barrier(count + 1)
    stop = threading.Event()

    def work(number: int) -> None:
        gate.wait()
        turn = 0
        while not stop.is_set():
            step(asking[number], number, turn)
            turn += 1

    with ThreadPoolExecutor(count) as pool:
        done = [pool.submit(work, number) for number in range(count)]
        gate.wait()
        began, cpu = time.perf_counter(), server.cpu_seconds()
        stop.wait(seconds)
        stop.set()
        for one in done:
            one.result()
    took, cpu = time.perf_counter() - began, server.cpu_seconds() - cpu
    times = [second for client in asking for second in client.seconds]
    return Result(len(times) / took, median(times) * 1000, cpu / len(times) * 1000)


def _address(run_file: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if run_file.exists() and run_file.stat().st_size:
            return str(json.loads(run_file.read_text())["url"])
        time.sleep(0.05)
    raise RuntimeError("The server did not start.")
