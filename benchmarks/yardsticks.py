"""What this machine does at this moment: figures mean something only beside these."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg
from sqlalchemy.engine import make_url

LOOPS = 500_000


@dataclass(frozen=True)
class Yardstick:
    """Commits a second of one row with an fsync each, and Python's steps a second of CPU time."""

    commits: float
    steps: float

    def __str__(self) -> str:
        return f"{self.commits:,.0f} bare commits/s, {self.steps / 1e6:.0f} million Python steps/s of CPU"


def measure(url: str, seconds: float = 0.5) -> Yardstick:
    """Measure both on the database that is measured, in a table of its own."""
    return Yardstick(_commits(url, seconds), _steps())


def _steps() -> float:
    began, total = time.thread_time(), 0
    for number in range(LOOPS):
        total += number
    return LOOPS / (time.thread_time() - began)


def _commits(url: str, seconds: float) -> float:
    if url.startswith("sqlite"):
        return _sqlite_commits(str(make_url(url).database), seconds)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS yardstick (n integer)")
        return _rate(lambda: connection.execute("INSERT INTO yardstick VALUES (1)"), seconds)


def _sqlite_commits(path: str, seconds: float) -> float:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS yardstick (n INTEGER)")

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO yardstick VALUES (1)")
            connection.execute("COMMIT")

        return _rate(commit, seconds)


def _rate(step: Callable[[], object], seconds: float) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        step()
        count += 1
    return count / (time.perf_counter() - began)
