"""What the store says and keeps when the database fails under it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from prompts_admin.domain.errors import Unavailable, Usage
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.records import outbox

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def _write(store: Store, text: str = "") -> None:
    with store.write() as work:
        work.raise_revision()
        outbox.add(work.connection, "mail", text, now=NOW)
        work.commit()


def _refusal(store: Store, text: str = "") -> str:
    with pytest.raises(Unavailable) as refusal:
        _write(store, text)
    assert refusal.value.remedy
    assert 503 == refusal.value.status
    return refusal.value.code


def _set_read_only(store: Store, read_only: bool) -> None:
    with store.engine.connect() as connection:
        name = connection.scalar(sa.text("SELECT current_database()"))
        connection.execute(
            sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {read_only}')
        )
        connection.commit()
    store.close()


@POSTGRESQL
def test_F11_a_read_only_server_is_read(store: Store) -> None:
    """Reads are fine, writes are told `read_only`, and all is well afterwards."""
    _write(store)
    _set_read_only(store, True)
    assert "read_only" == _refusal(store)
    assert 1 == store.revision()
    url = store.engine.url.render_as_string(hide_password=False)
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(
            f'ALTER DATABASE "{store.engine.url.database}" RESET default_transaction_read_only'
        )
    store.close()
    _write(store)


@SQLITE
def test_F11_a_read_only_file_is_read(store: Store) -> None:
    """A file that may not be written is read; writes are told `read_only`."""
    _write(store)
    path = Path(str(store.engine.url.database))
    with closing(Store(f"sqlite:///file:{path}?mode=ro&uri=true")) as reader:
        assert 1 == reader.revision()
        assert "read_only" == _refusal(reader)
        assert 1 == reader.revision()


@SQLITE
def test_F10_a_full_disk_rolls_back(store: Store) -> None:
    """What does not fit is not written at all; once there is space the same store goes on."""
    _write(store)
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    assert "read_only" == _refusal(store, "x" * 100_000)
    assert 1 == store.revision()
    with store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1000}")
    _write(store, "x" * 100_000)
    assert 2 == store.revision()


@POSTGRESQL
def test_F12_a_lost_connection_is_told_and_replaced(store: Store) -> None:
    """The transaction under way fails as `unreachable`; the next one gets a new connection."""
    with pytest.raises(Unavailable) as refusal, store.write() as work:
        _end_others(store, work)
        work.raise_revision()
        work.commit()
    assert "unreachable" == refusal.value.code
    assert 0 == store.revision()
    _write(store)


def _end_others(store: Store, work: UnitOfWork) -> None:
    mine = work.connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with store.engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})


@POSTGRESQL
def test_a_connection_lost_in_the_commit_is_not_called_undone(store: Store) -> None:
    """Whether the change was made is not known then, and the answer says so."""
    with pytest.raises(Unavailable, match="may or may not") as refusal, store.write() as work:
        sa.event.listen(store.engine, "commit", lambda _connection: _end_others(store, work), once=True)
        work.commit()
    assert "unreachable" == refusal.value.code


@pytest.mark.parametrize("host", ["nowhere", "127.0.0.1"])
def test_F12_no_server_is_told_as_unreachable(host: str, tmp_path: Path) -> None:
    """No server at all is the same answer, without the password of the URL."""
    word = "pass" + "word-1"
    place = f"/name?host={tmp_path}" if host == "nowhere" else "127.0.0.1:9/name"
    with closing(Store(f"postgresql://ana:{word}@{place}", lock_seconds=2)) as store:
        with pytest.raises(Unavailable) as refusal:
            store.revision()
        assert "unreachable" == refusal.value.code
        assert word not in str(refusal.value)


@SQLITE
def test_a_folder_that_is_gone_is_unreachable(store: Store) -> None:
    """A SQLite file that cannot be opened is not an internal error."""
    path = Path(str(store.engine.url.database))
    store.close()
    shutil.rmtree(path.parent)
    with pytest.raises(Unavailable):
        store.revision()


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///:memory:", "mysql://u@h/d", "postgresql+asyncpg://h/d", "x"]
)
def test_a_url_that_cannot_be_used_is_a_usage_error(url: str) -> None:
    """It names the two forms that can."""
    with pytest.raises(Usage, match="postgresql://"):
        open_engine(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_urls_all_mean_the_same_driver(scheme: str) -> None:
    """Whatever the hosting company writes."""
    engine = open_engine(f"{scheme}://ana@db.example.com/name")
    assert "postgresql+psycopg" == engine.url.drivername


@SQLITE
def test_sqlite_is_set_up_to_keep_what_it_answered(store: Store) -> None:
    """F2: WAL with synchronous FULL, foreign keys enforced, files for their owner alone."""
    with store.engine.connect() as connection:
        pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert pragmas == {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}


@SQLITE
def test_F02_a_copy_taken_at_any_moment_holds_every_answered_commit(store: Store, tmp_path: Path) -> None:
    """The files as they lie on the disk after a commit, without any closing, hold that commit."""
    for number in range(1, 4):
        _write(store)
        copy = tmp_path / f"copy{number}"
        copy.mkdir()
        for name in ("store.db", "store.db-wal"):
            shutil.copyfile(tmp_path / name, copy / name)
        with closing(sqlite3.connect(copy / "store.db")) as connection:
            assert (number,) == connection.execute("SELECT revision FROM workspace").fetchone()
            assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()


def test_S30_values_are_never_SQL(store: Store) -> None:
    """Quotes, percent signs and statements come back as the text that they are."""
    texts = ["'; DROP TABLE users; --", '"', "%s %(x)s :y", "\\", "100 %", "Zoë 🙂"]
    with store.write() as work:
        for text in texts:
            outbox.add(work.connection, text, {text: text}, now=NOW)
        work.commit()
    with store.read() as work:
        found = outbox.due(work.connection, NOW, limit=9)
        assert [(text, {text: text}) for text in texts] == [
            (message.topic, message.payload) for message in found
        ]
        assert 1 == len(outbox.due(work.connection, NOW, limit=9, topics=[texts[0]]))
