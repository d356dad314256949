"""Fixtures that give a test its own database, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.unit_of_work import Store
from tests.support.postgres import postgres_server

KINDS = ("sqlite", "postgresql")


class PostgresDatabases:
    """Databases on the tests' server, each copied from a template and dropped afterwards."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server).set(drivername="postgresql")
        self._admin = psycopg.connect(self.url("postgres"), autocommit=True)
        self._names = (f"pa_test_{os.getpid()}_{number}" for number in count())
        self._template: str | None = None

    def make(self, *, migrated: bool) -> str:
        """Create a database and return its URL."""
        return self._create(self._migrated_template() if migrated else "template1")

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        name = sql.Identifier(str(make_url(url).database))
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def close(self) -> None:
        """Leave nothing behind on a server that is not ours."""
        if self._template is not None:
            self.drop(self.url(self._template))
        self._admin.close()

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, template: str) -> str:
        name = next(self._names)
        # Since version 15 the default copies through the log, at twice the time.
        strategy = " STRATEGY FILE_COPY" if self._admin.info.server_version >= 150_000 else ""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)
        self._admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def _migrated_template(self) -> str:
        if self._template is None:
            url = self._create("template1")
            _migrate(url)
            self._template = str(make_url(url).database)
        return self._template


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """The PostgreSQL server of this test process."""
    with postgres_server() as server, closing(PostgresDatabases(server)) as databases:
        yield databases


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`."""
    return str(request.param)


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without a schema."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    # Asked for by name, so that tests on SQLite alone start no server.
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.make(migrated=False)
    yield url
    databases.drop(url)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh, migrated database with an epoch of its own."""
    if database_kind == "sqlite":
        yield _copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.db")
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.make(migrated=True)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE workspace SET epoch = %s", [str(uuid4())])
    yield url
    databases.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A fresh, migrated store."""
    with closing(Store(database_url)) as opened:
        yield opened


def _copy(template: Path, path: Path) -> str:
    shutil.copyfile(template, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE workspace SET epoch = ?", [str(uuid4())])
    return f"sqlite:///{path}"


def _migrate(url: str) -> None:
    engine = open_engine(url)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()
