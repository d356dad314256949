"""Measures what happens when thousands of readers lose their server at once: it is killed and started again.

    python -m benchmarks.storm                      # 5,000 readers
    python -m benchmarks.storm --readers 1000 --stop TERM

Readers wait as the SDK does (`prompts_admin.sdk.transport.backoff`; after a goodbye as long as they were
told), open their stream again, and fetch the snapshot when the server is on another revision, which it is.
Meanwhile the page on which one signs in is asked for again and again.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.clients import SERVE
from benchmarks.data import Shape, open_filled
from benchmarks.places import database
from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.domain.stages import WHOLE
from prompts_admin.sdk.transport.backoff import Backoff
from prompts_admin.sdk.transport.port import Failed
from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Store


@dataclass
class Counts:
    """What the readers saw after the loss."""

    back_at: list[float] = field(default_factory=list)
    fetches: list[int] = field(default_factory=list)
    attempts: int = 0


class Reader:
    """One reader: a stream, and a fetch when it is told of a revision that it has not."""

    def __init__(self, url: str, token: str, counts: Counts) -> None:
        self._parts = urlsplit(url)
        self._token = token
        self._counts = counts
        self._backoff = Backoff()
        self._revision = 0
        self._fetches = 0
        self.is_open = asyncio.Event()

    async def run(self, lost: asyncio.Event) -> None:
        """Stay connected for ever."""
        while True:
            retry = await self._session(lost)
            self.is_open.clear()
            delay = retry if retry is not None else self._backoff.failed(Failed("lost"))
            await asyncio.sleep(delay)

    async def _session(self, lost: asyncio.Event) -> float | None:
        """Hold one stream; return the seconds that its goodbye asks for, None without one."""
        if lost.is_set():
            self._counts.attempts += 1
        try:
            reader, writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        except OSError:
            return None
        try:
            writer.write(self._request("/api/v1/stream"))
            return await self._events(reader, lost)
        except (OSError, asyncio.IncompleteReadError):
            return None
        finally:
            writer.close()

    async def _events(self, reader: asyncio.StreamReader, lost: asyncio.Event) -> float | None:
        while line := await reader.readline():
            if line.startswith(b"retry: "):
                return int(line[7:]) / 1000
            if line.startswith(b"data: {") and b'"revision":' in line:
                revision = int(json.loads(line[6:])["revision"])
                if revision != self._revision:
                    self._revision = revision
                    await self._fetch(lost)
                if lost.is_set() and not self.is_open.is_set():
                    self._counts.back_at.append(time.perf_counter())
                    self._counts.fetches.append(self._fetches)
                self.is_open.set()
        return None

    async def _fetch(self, lost: asyncio.Event) -> None:
        self._fetches += lost.is_set()
        reader, writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        writer.write(self._request("/api/v1/snapshot", b"Accept-Encoding: gzip\r\nConnection: close\r\n"))
        while await reader.read(65_536):
            pass
        writer.close()

    def _request(self, path: str, more: bytes = b"") -> bytes:
        lines = (
            f"GET {path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\nAuthorization: Bearer {self._token}\r\n"
        )
        return lines.encode() + more + b"\r\n"


def _read(url: str, token: str, count: int, told: Connection) -> None:
    asyncio.run(_readers(url, token, count, told))


async def _readers(url: str, token: str, count: int, told: Connection) -> None:
    counts, lost = Counts(), asyncio.Event()
    readers = [Reader(url, token, counts) for _ in range(count)]
    tasks = []
    for number, reader in enumerate(readers):
        tasks.append(asyncio.create_task(reader.run(lost)))
        if number % 100 == 99:
            await asyncio.sleep(0.1)
    await asyncio.gather(*(reader.is_open.wait() for reader in readers))
    told.send("ready")
    while not told.poll():
        await asyncio.sleep(0.02)
    told.recv()
    lost.set()
    told.send("noted")
    deadline = time.perf_counter() + 120
    while len(counts.back_at) < count and time.perf_counter() < deadline:
        await asyncio.sleep(0.1)
    told.send(counts)
    for task in tasks:
        task.cancel()


def measure(count: int, how: signal.Signals) -> None:
    """Fill a database, serve it, hold readers, stop it, start it again and print what came of it."""
    shape = Shape(artifacts=1_000, versions=2, deep=3, releases=1_000)
    with database("sqlite") as url, tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        product, token = open_filled(url, shape)
        product.close()
        environ = _environ(url, folder)
        port = 0
        server, port = _start(environ, Path(folder), port)
        ours, theirs = Pipe()
        address = f"http://127.0.0.1:{port}"
        Process(target=_read, args=(address, token, count, theirs), daemon=True).start()
        ours.recv()
        ours.send("now")
        ours.recv()
        server.send_signal(how)
        server.wait(30)
        began = time.perf_counter()
        _change(url, shape)
        server, _ = _start(environ, Path(folder), port)
        up = time.perf_counter()
        pages: list[float] = []
        over = threading.Event()
        asking = threading.Thread(target=_ask_pages, args=(port, pages, over))
        asking.start()
        counts = ours.recv()
        over.set()
        asking.join()
        server.terminate()
        server.wait(30)
    _report(count, how, counts, began, up, pages)


def _report(count: int, how: Any, counts: Counts, began: float, up: float, pages: list[float]) -> None:
    back = sorted(at - up for at in counts.back_at)
    pages.sort()
    print(
        f"{count} readers, server ended by {how.name}, up again after {up - began:.1f} s:"
        f" {len(back)} came back, the first {back[0]:.1f} s and the last {back[-1]:.1f} s after that"
        f" (half within {back[len(back) // 2]:.1f} s), {counts.attempts / count:.1f} attempts each,"
        f" at most {max(counts.fetches)} snapshot fetch(es) each, {sum(counts.fetches)} in all;"
        f" a page meanwhile: p50 {pages[len(pages) // 2] * 1000:.0f} ms,"
        f" p99 {pages[int(len(pages) * 0.99)] * 1000:.0f} ms of {len(pages)}"
    )


def _environ(url: str, folder: str) -> dict[str, str]:
    given = {"DATABASE_URL": url, "DATA": folder, "MIRROR": "off", "LOG_LEVEL": "error"}
    return {**os.environ, **{f"PROMPTS_ADMIN_{name}": value for name, value in given.items()}}


def _start(environ: dict[str, str], folder: Path, port: int) -> tuple[subprocess.Popen[bytes], int]:
    (folder / "server.json").unlink(missing_ok=True)
    server = subprocess.Popen([sys.executable, "-c", SERVE, "serve", "--port", str(port)], env=environ)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            found = int(urlsplit(json.loads((folder / "server.json").read_text())["url"]).port or 0)
            http.client.HTTPConnection("127.0.0.1", found, timeout=5).request("GET", "/healthz")
            return server, found
        except (OSError, ValueError):
            time.sleep(0.02)
    raise RuntimeError("The server did not start.")


def _change(url: str, shape: Shape) -> None:
    """Raise the revision while nobody serves."""
    product = make_product(Store(url), Settings(mirror=False))
    asked = Proposal("internal", (Ask(shape.all_keys()[5], 1, WHOLE, None),))
    product.do(LocalPerson("ml@example.com", "bench"), propose, None, asked)
    product.close()


def _ask_pages(port: int, pages: list[float], over: threading.Event) -> None:
    while not over.is_set():
        began = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
            connection.close()
        except OSError:
            pass
        pages.append(time.perf_counter() - began)
        over.wait(0.02)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=5_000)
    parser.add_argument("--stop", choices=("KILL", "TERM"), default="KILL", help="how the server ends")
    given = parser.parse_args()
    measure(given.readers, signal.Signals[f"SIG{given.stop}"])


if __name__ == "__main__":
    main()
