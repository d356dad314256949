"""The databases to measure on: a SQLite file, and a PostgreSQL server that syncs what it commits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.support.postgres import binaries, own_server

KINDS = ("sqlite", "postgresql")


@contextmanager
def database(kind: str, folder: Path | None = None) -> Iterator[str]:
    """Yield the URL of an empty database of a kind; it is gone afterwards.

    `folder` is the disk to measure for SQLite, the system's folder for temporary files by default.
    """
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="pa-bench-", dir=folder) as name:
            yield f"sqlite:///{Path(name) / 'prompts-admin.db'}"
        return
    with own_server(binaries(), durable=True) as server:
        url = make_url(server).set(drivername="postgresql")
        with psycopg.connect(_text(url.set(database="postgres")), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield _text(url.set(database="bench"))


def _text(url: object) -> str:
    return url.render_as_string(hide_password=False)  # type: ignore[attr-defined,no-any-return]
