"""What an answer costs, beside the same rule written out by hand and `str.replace` over the same text.

python -m benchmarks.resolve [--artifacts 10000] [--seconds 0.3] [--rounds 7]
"""

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable
from statistics import median
from threading import Barrier, Thread
from typing import Any

import mmh3

from benchmarks.workspace import VALUES, keys, text_of, workspace
from prompts_admin.sdk.testing import client_from

Step = Callable[[int], object]
WARM = 10_000
"""As many artifacts as are asked of everybody once before measuring: texts are parsed on first use."""
ASKERS = [
    (("internal",), {"plan": "pro"}),
    (("beta",), {"plan": "free"}),
    ((), {"plan": "pro"}),
    ((), {"plan": "free"}),
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifacts", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each round of each measurement")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    document = workspace(given.artifacts)
    bench = Bench(given.seconds, given.rounds)
    bench.compare("resolve", by_client(document), "written out by hand", by_hand(document), most=2)
    bench.compare("resolve and render 1 KB", rendering(document), "str.replace", replacing(document), most=3)
    for threads in (1, 2, 8):
        bench.threads(by_client(document), by_hand(document), threads)
    memory(document)


def by_client(document: dict[str, Any]) -> Step:
    """Return a step that asks the client, as one of four people."""
    client, names = client_from(document), keys(document)
    ask, count = client.prompt, len(names)

    def step(number: int) -> object:
        groups, attributes = ASKERS[number & 3]
        return ask(names[number % count], user="u-17-4711", groups=groups, attributes=attributes)

    return step


def by_hand(document: dict[str, Any]) -> Step:
    """Return a step that does what the client must do, with nothing around it."""
    names, count = keys(document), len(document["entries"])
    table = {
        key: (key.partition("/")[0], on["beta"]["settled"], on["full"]["candidate"], on["full"]["settled"])
        for key, on in document["entries"].items()
    }

    def resolve(
        key: str, *, user: str, groups: Any = (), attributes: Any = None
    ) -> tuple[str, int, str, str]:
        feature, beta, candidate, settled = table[key]
        if "beta" in groups or attributes.get("plan") == "pro":
            return key, beta, "beta", "TARGETING_MATCH"
        if mmh3.mmh3_32_uintdigest(f"{feature}:{user}".encode()) * 100_000 >> 32 < 10_000:
            return key, candidate, "full", "SPLIT"
        return key, settled, "full", "SPLIT"

    def step(number: int) -> object:
        groups, attributes = ASKERS[number & 3]
        return resolve(names[number % count], user="u-17-4711", groups=groups, attributes=attributes)

    return step


def rendering(document: dict[str, Any]) -> Step:
    """Return a step that asks and renders."""
    step = by_client(document)
    return lambda number: step(number).messages(**VALUES)  # type: ignore[attr-defined]


def replacing(document: dict[str, Any]) -> Step:
    """Return a step that puts the same values in the same texts."""
    texts = [[(one["role"], one["content"]) for one in text_of(document, key)] for key in keys(document)]
    count = len(texts)
    pairs = [(f"{{{{{name}}}}}", value) for name, value in VALUES.items()]

    def step(number: int) -> object:
        rendered = []
        for role, text in texts[number % count]:
            for tag, value in pairs:
                text = text.replace(tag, value)
            rendered.append({"role": role, "content": text})
        return rendered

    return step


class Bench:
    """Takes turns between what is measured and its yardstick, and prints medians."""

    def __init__(self, seconds: float, rounds: int) -> None:
        self._seconds = seconds
        self._rounds = rounds

    def compare(self, name: str, step: Step, yardstick: str, floor: Step, *, most: float) -> None:
        """Print the cost of both in nanoseconds and their ratio."""
        for number in range(2 * WARM):
            step(number)
        pairs = [(self._cost(step), self._cost(floor)) for _ in range(self._rounds)]
        mine, theirs = (median(one[side] for one in pairs) for side in (0, 1))
        ratio = median(one / other for one, other in pairs)
        print(f"{name}: {mine:.0f} ns, {yardstick}: {theirs:.0f} ns, ratio {ratio:.2f} (at most {most})")

    def threads(self, step: Step, floor: Step, count: int) -> None:
        """Print answers a second of several threads, beside the same by hand."""
        mine, theirs = (median(self._rate(one, count) for _ in range(3)) for one in (step, floor))
        print(f"{count} threads: {mine:,.0f} answers/s, by hand {theirs:,.0f}/s, ratio {theirs / mine:.2f}")

    def _cost(self, step: Step, count: int = 20_000) -> float:
        total, done = 0, 0
        while total < self._seconds * 1e9:
            began = time.perf_counter_ns()
            for number in range(count):
                step(number)
            total += time.perf_counter_ns() - began
            done += count
        return total / done

    def _rate(self, step: Step, threads: int) -> float:
        done, start = [0] * threads, Barrier(threads + 1)

        def run(place: int) -> None:
            start.wait()
            end = time.perf_counter() + self._seconds
            while time.perf_counter() < end:
                for number in range(1_000):
                    step(number)
                done[place] += 1_000

        running = [Thread(target=run, args=(place,)) for place in range(threads)]
        for thread in running:
            thread.start()
        start.wait()
        began = time.perf_counter()
        for thread in running:
            thread.join()
        return sum(done) / (time.perf_counter() - began)


def memory(document: dict[str, Any]) -> None:
    """Print what a client holds for each artifact beside the text of its versions."""
    text = sum(
        len(message["content"])
        for versions in document["versions"].values()
        for version in versions.values()
        for message in version["value"]["messages"]
    )
    gc.collect()
    tracemalloc.start()
    client = client_from(document)
    client.prompt(keys(document)[0], user="u")
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    count = len(document["entries"])
    print(f"memory: {held / count:,.0f} bytes an artifact, text {text / count:,.0f}, ratio {held / text:.2f}")


if __name__ == "__main__":
    main()
