"""Load on one address over kept connections: as many requests as it answers, each connection one at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """Answers a second and the time they took, in milliseconds; `statuses` counts by status."""

    rate: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]

    def __str__(self) -> str:
        return f"{self.rate:8.0f}/s, p50 {self.p50_ms:6.2f} ms, p99 {self.p99_ms:6.2f} ms {self.statuses}"


class _Connection(asyncio.Protocol):
    """Sends the same request again as soon as its answer has come; answers have a length or no body."""

    def __init__(self, requests: list[bytes], until: float) -> None:
        self._requests = requests
        self._until = until
        self._turn = 0
        self._held = b""
        self._began = 0.0
        self.seconds: list[float] = []
        self.statuses: dict[int, int] = {}
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._held[:end].lower()
        status = int(head[9:12])
        length = 0
        at = head.find(b"\ncontent-length:")
        if at >= 0 and status not in (204, 304):
            length = int(head[at + 16 :].split(b"\r", 1)[0])
        if len(self._held) < end + 4 + length:
            return
        self._held = self._held[end + 4 + length :]
        now = time.perf_counter()
        self.seconds.append(now - self._began)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _send(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._turn % len(self._requests)])
        self._turn += 1


def request(url: str, path: str, **headers: str) -> bytes:
    """Return a GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(url: str, requests: list[bytes], *, connections: int, seconds: float) -> Load:
    """Ask for some seconds over so many connections; each begins elsewhere in `requests`."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(_load(url, requests, connections, seconds))
    return uvloop.run(_load(url, requests, connections, seconds))


async def _load(url: str, requests: list[bytes], connections: int, seconds: float) -> Load:
    loop, parts = asyncio.get_running_loop(), urlsplit(url)
    began = time.perf_counter()
    asking = []
    for number in range(connections):
        turned = requests[number % len(requests) :] + requests[: number % len(requests)]
        made = _Connection(turned, began + seconds)
        await loop.create_connection(lambda made=made: made, parts.hostname, parts.port)  # type: ignore[misc]
        asking.append(made)
    await asyncio.gather(*(made.over for made in asking))
    took = time.perf_counter() - began
    times = sorted(second for made in asking for second in made.seconds)
    statuses: dict[int, int] = {}
    for made in asking:
        for status, count in made.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return Load(
        len(times) / took, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000, statuses
    )
