"""The tests' own PostgreSQL server: it starts on any machine and never outlives the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from prompts_admin.store.database import migrate
from prompts_admin.store.database.unit_of_work import Store
from tests.support import postgres

HOLD = """
import sys
from tests.support.postgres import binaries, own_server
with own_server(binaries()) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def _use(url: str) -> None:
    with closing(Store(url.replace("@/?", "@/postgres?"))) as store:
        migrate.upgrade(store.engine)
        with store.write() as work:
            work.raise_revision()
            work.commit()
        assert 1 == store.revision()


def test_the_packaged_server_does_when_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any PostgreSQL on the machine the tests bring one, and the store works on it."""
    monkeypatch.setattr(postgres, "system_binaries", lambda: None)
    monkeypatch.delenv(postgres.ENVIRONMENT, raising=False)
    with postgres.postgres_server() as url:
        _use(url)


def test_binaries_out_of_reach_are_copied(tmp_path: Path) -> None:
    """Below root's home the server's user cannot read them: a copy, with its libraries, works alone."""
    folder = postgres.copied(postgres.embedded_binaries(), tmp_path)
    assert tmp_path in folder.parents
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert "PostgreSQL" in done.stdout


def test_a_server_that_is_given_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names one; it is neither started nor stopped."""
    monkeypatch.setenv(postgres.ENVIRONMENT, "postgresql://given")
    with postgres.postgres_server() as url:
        assert "postgresql://given" == url


def test_the_server_goes_with_the_tests() -> None:
    """Also when they are killed: neither process nor files stay behind."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        url = holder.stdout.readline().strip()
        psycopg.connect(url, dbname="postgres").close()
        os.kill(holder.pid, signal.SIGKILL)
    home = Path(url.partition("host=")[2])
    deadline = time.monotonic() + 10
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not home.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, dbname="postgres")
