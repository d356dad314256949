"""Measures how long a change takes to reach readers: rollback posted -> readers in another process have it.

    python -m benchmarks.follow                         # 1 reader, then 1,000
    python -m benchmarks.follow --readers 1000 --changes 20

One artifact goes to and fro between two versions. A reader is a stream of the server; it has a change when the
event has come whole. Clocks are those of one machine. The yardstick is a bare commit on the same database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import ExitStack
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.clients import Asking, Running, serving
from benchmarks.data import Shape, open_filled
from benchmarks.places import KINDS, database
from benchmarks.yardsticks import measure

try:
    import uvloop
except ImportError:  # Windows has none
    uvloop = None


class _Reader(asyncio.Protocol):
    """Counts the events of a stream, with the moment at which each revision had come."""

    def __init__(self, request: bytes, seen: dict[int, list[float]]) -> None:
        self._request = request
        self._seen = seen
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._held += data
        while (end := self._held.find(b"\n\n")) >= 0:
            block, self._held = self._held[:end], self._held[end + 2 :]
            at = block.find(b"id: ")
            if b"event: " in block and at >= 0:
                place = block[at + 4 :].split(b"\n", 1)[0]
                self._seen.setdefault(int(place.rpartition(b":")[2]), []).append(now)


def _read(urls: list[str], token: str, count: int, told: Connection) -> None:
    """Hold streams open in this process and answer, when told to stop, when each revision had come."""
    # What measures must not be what is slow: a thousand events at once are work for a reader too.
    run = asyncio.run if uvloop is None else uvloop.run
    run(_streams(urls, token, count, told))


async def _streams(urls: list[str], token: str, count: int, told: Connection) -> None:
    loop, seen = asyncio.get_running_loop(), dict[int, list[float]]()
    for number in range(count):
        parts = urlsplit(urls[number % len(urls)])
        lines = ["GET /api/v1/stream HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {token}"]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        await loop.create_connection(
            lambda request=request: _Reader(request, seen),
            parts.hostname,
            parts.port,  # type: ignore[misc]
        )
    while sum(map(len, seen.values())) < count:
        await asyncio.sleep(0.05)
    told.send("ready")
    while not told.poll():
        await asyncio.sleep(0.05)
    told.send(seen)


def measure_one(kind: str, readers: int, changes: int, processes: int) -> None:
    """Fill a database, serve it, hold readers, make changes and print how long they took to arrive."""
    shape = Shape(artifacts=200, versions=3, deep=3, releases=20)
    with ExitStack() as stack:
        url = stack.enter_context(database(kind))
        product, token = open_filled(url, shape)
        product.close()
        servers = [_serve(stack, url) for _ in range(processes)]
        ours, theirs = Pipe()
        reader = Process(
            target=_read, args=([one.url for one in servers], token, readers, theirs), daemon=True
        )
        reader.start()
        ours.recv()
        stick = measure(url)
        posted = _change(servers[0], token, shape, changes)
        time.sleep(1)
        ours.send("stop")
        seen = ours.recv()
        reader.join(10)
    waits = sorted((at - posted[number]) * 1000 for number in posted for at in seen.get(number, ()))
    missed = readers * len(posted) - len(waits)
    print(
        f"{kind}, {processes} server(s), {readers} reader(s), {len(posted)} changes:"
        f" p50 {waits[len(waits) // 2]:.1f} ms, p99 {waits[int(len(waits) * 0.99)]:.1f} ms,"
        f" max {waits[-1]:.1f} ms, {missed} not heard   [{stick}]",
        flush=True,
    )


def _serve(stack: ExitStack, url: str) -> Running:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pa-bench-"))
    return stack.enter_context(serving(url, Path(folder), mirror="off"))


def _change(server: Running, token: str, shape: Shape, changes: int) -> dict[int, float]:
    """Promote and roll back in turn; return when each revision was asked for."""
    client, key, posted = Asking(server.url, token), shape.all_keys()[5], {}
    for number in range(changes):
        body = {"stage": "internal", "items": [{"key": key, "version": number % 2 + 1}], "note": "Bench"}
        began = time.perf_counter()
        status, answer = client.send("POST", "/releases", body, Idempotency_Key=str(uuid4()))
        if status != 201:
            raise RuntimeError(f"The server answered: {json.dumps(answer)[:500]}")
        posted[int(answer["revision"])] = began
        time.sleep(0.1)
    return posted


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, action="append", help="1 and 1,000 by default")
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--kind", choices=KINDS, default="sqlite")
    parser.add_argument(
        "--servers", type=int, default=1, help="server processes; more than one needs postgresql"
    )
    given = parser.parse_args()
    for readers in given.readers or (1, 1_000):
        measure_one(given.kind, readers, given.changes, given.servers)


if __name__ == "__main__":
    main()
