"""How long every list page and list of the API takes over 2,000 artifacts, and how long its answer is.

    python -m benchmarks.lists [--artifacts 2000] [--rounds 15]

The yardstick of the median times is `/healthz` through the same application in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.data import DEEP, RELEASER, Shape, open_filled
from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.server.bootstrap import wsgi_app

API = (
    "/api/v1/artifacts", "/api/v1/status", "/api/v1/artifacts?q=p042", f"/api/v1/artifacts/{DEEP}",
    f"/api/v1/artifacts/{DEEP}/versions", f"/api/v1/artifacts/{DEEP}/history", "/api/v1/releases",
    "/api/v1/search?q=customer", "/api/v1/search?q=p042+wording", "/api/v1/waiting",
    "/api/v1/features", "/api/v1/settings", "/api/v1/audit",
)  # fmt: skip
PAGES = ("/", f"/artifacts/{DEEP}", f"/artifacts/{DEEP}/versions", f"/artifacts/{DEEP}/history", "/releases",
         "/waiting", "/features", "/audit", "/search?q=customer", "/search?q=f07+tickets+19", "/?state=partly",
         "/?state=nothing", "/?stage=full&dri=pm@example.com", "/palette", f"/artifacts/{DEEP}/timeline",
         "/artifacts/f00/p000/timeline", "/features/f00/timeline", "/features/f00/timeline?range=day")  # fmt: skip


def milliseconds(call: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call in milliseconds, after one that is not counted."""
    call()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure(url: str, shape: Shape, rounds: int) -> None:
    """Fill a store and print a line for each list."""
    product, _ = open_filled(url, shape)
    with closing(product):
        client = wsgi_app(product).test_client()
        me = {"prompts_admin.identity": LocalPerson(RELEASER, "bench")}

        def get(path: str) -> int:
            answer = client.get(path, environ_base=me)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
            return len(answer.data)

        yardstick = milliseconds(lambda: get("/healthz"), rounds)
        print(f"{'/healthz (yardstick)':44} {yardstick:8.2f} ms")
        for path in (*API, *PAGES):
            found = milliseconds(lambda path=path: get(path), rounds)  # type: ignore[misc]
            print(f"{path:44} {found:8.2f} ms   {found / yardstick:6.1f} x   {get(path) / 1000:6.1f} KB")


def main() -> None:
    """Measure in a new SQLite file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--artifacts", type=int, default=Shape.artifacts)
    parser.add_argument("--releases", type=int, default=Shape.releases)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shape = Shape(artifacts=given.artifacts, releases=given.releases)
        measure(f"sqlite:///{Path(folder) / 'bench.db'}", shape, given.rounds)


if __name__ == "__main__":
    main()
