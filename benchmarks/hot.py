"""Measures hot reads against a handler that says hello on the same server, in the same run.

    python -m benchmarks.hot                     # about a minute
    python -m benchmarks.hot --seconds 1 --rounds 1

`resolve` asks for 200 artifacts, each time for another of 1,000 users; `known` asks with the ETag of the answer;
`snapshot` with that of the snapshot. 64 connections, each one request at a time, from one other process.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.clients import serving
from benchmarks.data import Shape, open_filled
from benchmarks.load import Load, load, request
from benchmarks.places import database

CONNECTIONS = 64
USERS = 1_000


@contextmanager
def hello() -> Iterator[str]:
    """Run the yardstick; yield its address."""
    command = [sys.executable, "-m", "benchmarks.hello"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


def measure(seconds: float, rounds: int) -> None:
    """Fill a database, serve it, and print the figures."""
    shape = Shape(artifacts=200, versions=3, deep=3, releases=200)
    with database("sqlite") as url, tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        product, token = open_filled(url, shape)
        product.close()
        with serving(url, Path(folder), mirror="off") as server, hello() as yardstick:
            _rounds(server.url, yardstick, _steps(server.url, token, shape), seconds, rounds)


def _steps(url: str, token: str, shape: Shape) -> dict[str, list[bytes]]:
    sent = {"Authorization": f"Bearer {token}"}
    keys = shape.all_keys()
    asked = [f"/api/v1/resolve/{keys[n % len(keys)]}?user=u-{n}&group=beta" for n in range(USERS)]
    return {
        "resolve": [request(url, path, **sent) for path in asked],
        "known": [request(url, path, **sent, If_None_Match=_etag(url, path, sent)) for path in asked],
        "snapshot": [
            request(url, path, **sent, If_None_Match=_etag(url, path, sent)) for path in ["/api/v1/snapshot"]
        ],
    }


def _etag(url: str, path: str, headers: dict[str, str]) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"The server answered {answer.status}: {json.loads(body)}")
    connection.close()
    return answer.headers["ETag"]


def _rounds(url: str, yardstick: str, steps: dict[str, list[bytes]], seconds: float, rounds: int) -> None:
    found: dict[str, list[tuple[Load, float]]] = {}
    for number in range(rounds):
        for name, requests in steps.items():
            # Before and after, so that neither has the quieter moment.
            first = load(yardstick, [request(yardstick, "/")], connections=CONNECTIONS, seconds=seconds / 2)
            result = load(url, requests, connections=CONNECTIONS, seconds=seconds)
            last = load(yardstick, [request(yardstick, "/")], connections=CONNECTIONS, seconds=seconds / 2)
            share = result.rate / ((first.rate + last.rate) / 2)
            found.setdefault(name, []).append((result, share))
            print(f"round {number + 1}: {name:9} {result}; {share:.0%} of hello", flush=True)
    for name, results in found.items():
        rate, p99 = (median(getattr(one, field) for one, _ in results) for field in ("rate", "p99_ms"))
        share = median(share for _, share in results)
        print(f"MEDIAN: {name:9} {rate:8.0f}/s, {share:.0%} of hello, p99 {p99:.1f} ms")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    measure(given.seconds, given.rounds)


if __name__ == "__main__":
    main()
