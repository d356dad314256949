"""Measures versions saved and releases made per second: through REST, alone and with 8 clients.

    python -m benchmarks.releases                      # both databases, about four minutes
    python -m benchmarks.releases --kind sqlite --seconds 3 --rounds 1

A release promotes one version of one artifact to `internal`, which asks for no sign-off, so that it is live when
the answer comes; a save adds a version to an artifact that pins a model and a snippet. Each client works on
artifacts of its own in a workspace of 2,000. SQLite runs with synchronous=FULL, PostgreSQL with its defaults.
Each round prints what the machine did at that moment beside it; the last lines are medians of the rounds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks.clients import Asking, Result, Running, run, serving
from benchmarks.contents import content_of
from benchmarks.data import Shape, open_filled
from benchmarks.places import KINDS, database
from benchmarks.yardsticks import Yardstick, measure

Step = Callable[[Asking, int, int], None]


class Work:
    """The steps that are measured; it remembers what each artifact has, so that no step is refused."""

    def __init__(self, shape: Shape) -> None:
        prompts = [key for key in shape.all_keys() if key.rpartition("/")[2].startswith("p")]
        self._shares = [prompts[number::8] for number in range(8)]
        self._released = dict.fromkeys(prompts, 0)
        self._newest = dict.fromkeys(prompts, shape.versions)
        self._versions = shape.versions - 1

    def release(self, client: Asking, number: int, turn: int) -> None:
        """Promote another version of an artifact to internal."""
        key = self._key(number, turn)
        self._released[key] = version = self._released[key] % self._versions + 1
        body = {"stage": "internal", "items": [{"key": key, "version": version}], "note": "Bench"}
        status, answer = client.send("POST", "/releases", body, Idempotency_Key=str(uuid4()))
        _expect(status == 201 and answer["state"] == "live", answer)

    def save(self, client: Asking, number: int, turn: int) -> None:
        """Save another version of an artifact."""
        key = self._key(number, turn)
        newest = self._newest[key]
        body = {"content": content_of(key, newest + 1), "message": "Bench"}
        status, answer = client.send("POST", f"/artifacts/{key}/versions", body, If_Match=f'"{newest}"')
        _expect(status == 201, answer)
        self._newest[key] = newest + 1

    def hello(self, client: Asking, number: int, turn: int) -> None:
        """Ask for next to nothing: the cost of a request as such."""
        status, answer = client.send("GET", "/me")
        _expect(status == 200, answer)

    def _key(self, number: int, turn: int) -> str:
        share = self._shares[number]
        return share[turn % len(share)]


def measure_one(kind: str, given: argparse.Namespace) -> None:
    """Fill a database, serve it, and print the figures."""
    shape = Shape(artifacts=given.artifacts, releases=200)
    with database(kind) as url, tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        product, token = open_filled(url, shape)
        product.close()
        mirror = "on" if given.mirror else "off"
        with serving(url, Path(folder), mirror=mirror) as server:
            _rounds(kind, url, server, token, given, Work(shape))


def _rounds(kind: str, url: str, server: Running, token: str, given: argparse.Namespace, work: Work) -> None:
    steps: dict[str, Step] = {"releases": work.release, "saves": work.save, "hello": work.hello}
    found: dict[tuple[str, int], list[tuple[Result, Yardstick]]] = {}
    for number in range(given.rounds):
        for name, step in steps.items():
            for clients in (1, 8):
                stick = measure(url)
                result = run(server, token, clients, step, given.seconds)
                found.setdefault((name, clients), []).append((result, stick))
                print(
                    f"{kind} round {number + 1}: {name:8} {clients} client(s): {result}   [{stick}]",
                    flush=True,
                )
    for (name, clients), results in found.items():
        rate = median(result.rate for result, _ in results)
        share = median(result.rate / stick.commits for result, stick in results)
        cpu = median(result.cpu_ms for result, _ in results)
        print(
            f"{kind} MEDIAN: {name:8} {clients} client(s): {rate:7.1f}/s, {cpu:.1f} ms of server CPU each,"
            f" {share:.2f} of the bare commits"
        )


def _expect(good: bool, answer: object) -> None:
    if not good:
        raise RuntimeError(f"The server answered: {answer}")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=KINDS, action="append", help="sqlite, postgresql; both by default")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--artifacts", type=int, default=2_000)
    parser.add_argument("--mirror", action="store_true", help="with the git mirror written beside")
    given = parser.parse_args()
    for kind in given.kind or KINDS:
        measure_one(kind, given)


if __name__ == "__main__":
    main()
