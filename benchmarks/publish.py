"""Measures publishing: from a commit to the pointer, and what a reader of it costs, in bytes and milliseconds.

    python -m benchmarks.publish                 # 1,000 artifacts, to a folder
    python -m benchmarks.publish --artifacts 10000

The yardstick is a plain write of the same bytes with fsync.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.data import Shape, open_filled
from benchmarks.places import database
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.domain.people.records import Token
from prompts_admin.publishing import pointers, shelf
from prompts_admin.sdk.transport.published_transport import PublishedTransport
from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.core.work import Work
from prompts_admin.services.product import Product
from prompts_admin.services.serving.scopes import scopes_to_publish
from prompts_admin.store.people.tokens import insert_token


def measure(artifacts: int, rounds: int) -> None:
    """Fill a database, publish it, and print the figures."""
    shape = Shape(artifacts=artifacts, versions=2, deep=2, releases=20)
    with database("sqlite") as url, tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        filled, _ = open_filled(url, shape)
        target = Path(folder) / "target"
        settings = replace(
            filled.settings, data=Path(folder), publish_url=target.as_uri(), secret_key="k" * 40
        )
        product = make_product(filled.store, settings)
        product.do(THE_SYSTEM, _admit)
        print(f"{artifacts} artifacts, {len(product.look(THE_SYSTEM, scopes_to_publish))} scopes")
        for _ in range(rounds + 1):
            _change(product)
            first = _timed("publish", product)
        _reading(target, rounds)
        _yardstick(target, rounds)
        print(f"pointers: {first}")
        product.close()


def _admit(work: Work) -> None:
    row = Token("b" * 12, "published", "", "serve", None, None, "internal", work.now, "system")
    insert_token(work.connection, row)


def _change(product: Product) -> None:
    product.do(THE_SYSTEM, _raise)


def _raise(work: Work) -> None:
    work.uow.raise_revision()


def _timed(name: str, product: Product) -> int:
    began = time.perf_counter()
    answer = product.publisher.publish()
    seconds = time.perf_counter() - began
    size = sum(scope["size"] for scope in answer["scopes"])
    print(f"{name:20} {seconds * 1000:8.1f} ms  {size:10,} bytes packed")
    return len(answer["scopes"])


def _reading(target: Path, rounds: int) -> None:
    """Print what a reader pays: a whole fetch, and one that finds nothing new."""
    place = next(target.glob(f"*/{pointers.FILE}"))
    whole, same = [], []
    for _ in range(rounds):
        transport = PublishedTransport(place.as_uri())
        began = time.perf_counter()
        fetched = transport.fetch(None)
        middle = time.perf_counter()
        transport.fetch(getattr(fetched, "etag", None))
        whole.append(middle - began)
        same.append(time.perf_counter() - middle)
    held = shelf.read_pointer(place.read_bytes())
    assert held
    print(f"{'read, whole':20} {median(whole) * 1000:8.1f} ms  {held.unpacked:10,} bytes unpacked")
    print(
        f"{'read, nothing new':20} {median(same) * 1000:8.1f} ms  {place.stat().st_size:10,} bytes of pointer"
    )


def _yardstick(target: Path, rounds: int) -> None:
    content, took = max(target.glob("*/*.gz"), key=lambda path: path.stat().st_size).read_bytes(), []
    for number in range(rounds):
        began = time.perf_counter()
        with (target / f"copy-{number}").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        took.append(time.perf_counter() - began)
    print(f"{'write and fsync':20} {median(took) * 1000:8.1f} ms  the yardstick")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="Measures publishing.")
    parser.add_argument("--artifacts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    measure(given.artifacts, given.rounds)


if __name__ == "__main__":
    main()
