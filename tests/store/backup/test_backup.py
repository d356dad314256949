"""Backups: taken while the store is in use, checked before anything is replaced, at home on both databases."""

from __future__ import annotations

import gzip
import hashlib
import json
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.domain.audit_chain import verify
from prompts_admin.domain.errors import NotFound, Refused, Unavailable, Usage
from prompts_admin.store.backup.backup import LEFT_OUT, backup
from prompts_admin.store.backup.backup_file import check_backup
from prompts_admin.store.backup.restore import restore_backup
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.triggers import protected
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.records import audit, outbox
from prompts_admin.store.tables import APPEND_ONLY, metadata, workspace
from tests.support.databases import KINDS
from tests.support.rows import MOMENT, fill


def _url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def _contents(store: Store) -> dict[str, list[Any]]:
    with store.read() as work:
        return {
            table.name: [tuple(row) for row in work.connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
            if table.name not in LEFT_OUT and table is not workspace
        }


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a row in every table and a short audit chain."""
    with store.write() as work:
        work.raise_revision()
        work.change_head(owner="ana@example.com")
        fill(work.connection)
        work.commit()
    return store


@pytest.fixture
def saved(filled: Store, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "store.backup"
    backup(filled, path)
    return path


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of either kind, whatever the backup came from."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"
        return
    databases = request.getfixturevalue("postgres_databases")
    url = databases.make(migrated=False)
    yield url
    databases.drop(url)


def test_a_backup_restores_on_either_database(filled: Store, saved: Path, elsewhere: str) -> None:
    """Every row comes back as it was, triggers stand, numbering goes on, and the schema is current."""
    done = restore_backup(elsewhere, saved)
    assert done.before is None
    assert (1, 1, 1) == (done.after.revision, done.after.artifacts, done.after.releases)
    with closing(Store(elsewhere)) as restored:
        migrate.check_is_current(restored.engine)
        assert _contents(filled) == _contents(restored)
        with restored.write() as work:
            assert "ana@example.com" == work.head.owner
            assert {table.name for table in APPEND_ONLY} == protected(work.connection)
            assert 2 == outbox.add(work.connection, "mail", {}, now=MOMENT)


def test_sessions_and_invitations_stay_behind(saved: Path, elsewhere: str) -> None:
    """Nobody comes in again through a restored session or a used invitation."""
    restore_backup(elsewhere, saved)
    engine = open_engine(elsewhere)
    with engine.connect() as connection:
        assert {0} == {connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in LEFT_OUT}
    engine.dispose()


def test_F42_a_restored_store_has_a_new_epoch(filled: Store, saved: Path) -> None:
    """What was there is replaced and told of; a lower revision comes with a new epoch."""
    with filled.write() as work:
        epoch = work.head.epoch
        work.raise_revision()
        outbox.add(work.connection, "mail", {}, now=MOMENT)
        work.commit()
    done = restore_backup(_url(filled), saved)
    assert done.before is not None
    assert (epoch, 2, 1) == (done.before.epoch, done.before.revision, done.after.revision)
    with filled.read() as work:
        assert (done.after.epoch, 1) == (work.head.epoch, work.head.revision)
        assert epoch != work.head.epoch
        assert 0 == outbox.pending_count(work.connection)


def test_a_restored_chain_verifies(store: Store, tmp_path: Path, elsewhere: str) -> None:
    """The audit chain survives the way from one database to the other."""
    for number in range(3):
        with store.write() as work:
            who = {"actor": "ana@example.com", "via": "cli", "action": "save"}
            audit.append(work, **who, subject="a/b", detail={"share": 0.1 * number, "text": "\u2028Zoë"})
            work.commit()
    backup(store, tmp_path / "store.backup")
    restore_backup(elsewhere, tmp_path / "store.backup")
    with closing(Store(elsewhere)) as restored, restored.read() as work:
        found = verify(audit.walk(work.connection), anchor=audit.end_of_chain(work.head))
        assert (True, 3) == (found.ok, found.entries)


def test_a_backup_is_of_one_moment(store: Store, tmp_path: Path) -> None:
    """Writers go on while it is taken; it holds exactly the changes up to its revision."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with store.write() as work:
                work.raise_revision()
                outbox.add(work.connection, "mail", {}, now=MOMENT)
                work.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        infos = [backup(store, tmp_path / f"{number}.backup") for number in range(4)]
    finally:
        stop.set()
        writer.join()
    assert [info.revision for info in infos] == [info.rows["outbox"] for info in infos]
    assert infos[0].revision < infos[-1].revision


def test_a_backup_is_private_and_replaces_whole(saved: Path, filled: Store) -> None:
    """Only its owner can read it, nothing lies beside it, and the same store makes the same contents."""
    assert 0o600 == stat.S_IMODE(saved.stat().st_mode)
    before = check_backup(saved)
    assert (before.rows, before.epoch) == (backup(filled, saved).rows, before.epoch)
    assert [] == [found.name for found in saved.parent.iterdir() if found.name.startswith(".")]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_backup_does_not_overwrite_the_store(filled: Store) -> None:
    """The path of the database itself is refused."""
    with pytest.raises(Usage):
        backup(filled, Path(str(filled.engine.url.database)))
    assert 1 == filled.revision()


def _lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def _damaged(lines: list[bytes]) -> dict[str, bytes]:
    raw = gzip.compress(b"".join(lines))
    swapped = [*lines[:2], lines[3], lines[2], *lines[4:]]
    return {
        "empty": b"",
        "text": b"kind: prompt\n",
        "cut": raw[: len(raw) // 2],
        "changed byte": bytes([*raw[:60], raw[60] ^ 1, *raw[61:]]),
        "no last line": gzip.compress(b"".join(lines[:-1])),
        "a row less": gzip.compress(b"".join([*lines[:2], *lines[3:]])),
        "swapped lines": gzip.compress(b"".join(swapped)),
        "changed row": gzip.compress(b"".join(lines).replace(b"a/b", b"a/c", 1)),
        "more after the end": gzip.compress(b"".join([*lines, lines[-1]])),
        "other format": gzip.compress(b'{"format":"other"}\n'),
        "other version": gzip.compress(lines[0].replace(b'"format_version":1', b'"format_version":2')),
        "no JSON": gzip.compress(b"\xff\xfe\n"),
        "a number": gzip.compress(b"12\n"),
        "header only": gzip.compress(lines[0]),
    }


def test_a_damaged_backup_is_refused(filled: Store, saved: Path) -> None:
    """Cut, changed, mixed up, or something else: the store stays as it was."""
    before = _contents(filled)
    for name, content in _damaged(_lines(saved)).items():
        saved.write_bytes(content)
        for refused in (lambda: check_backup(saved), lambda: restore_backup(_url(filled), saved)):
            with pytest.raises(Refused) as refusal:
                refused()
            assert ("backup_damaged", 422) == (refusal.value.code, refusal.value.status), name
    assert before == _contents(filled)
    with pytest.raises(NotFound):
        check_backup(saved.with_name("missing"))


def _forge(path: Path, old: bytes, new: bytes) -> None:
    """Change a backup and its checksum with it."""
    *lines, last = _lines(path)
    body = b"".join(lines).replace(old, new)
    closing = {**json.loads(last), "sha256": hashlib.sha256(body).hexdigest()}
    path.write_bytes(gzip.compress(body + json.dumps(closing).encode() + b"\n"))


def test_S30_names_in_a_backup_never_become_SQL(filled: Store, saved: Path) -> None:
    """A column or a table that the schema does not have is refused, checksum or not."""
    before = _contents(filled)
    _forge(saved, b'"digest"', b'"digest) VALUES (1); DROP TABLE users; --"')
    with pytest.raises(Refused, match="another shape"):
        restore_backup(_url(filled), saved)
    assert before == _contents(filled)


def test_F43_a_backup_of_a_newer_schema_is_refused(filled: Store, saved: Path) -> None:
    """It names the schema and what to do; the store stays."""
    before = _contents(filled)
    _forge(saved, f'"schema":"{migrate.head()}"'.encode(), b'"schema":"9999"')
    with pytest.raises(Unavailable, match="9999"):
        restore_backup(_url(filled), saved)
    assert before == _contents(filled)


def test_rows_that_contradict_each_other_are_refused(filled: Store, saved: Path) -> None:
    """A constraint that fails in the middle rolls everything back."""
    before = _contents(filled)
    _forge(saved, b'"promotion"', b'"devotion"')
    with pytest.raises(Refused, match="contradict"):
        restore_backup(_url(filled), saved)
    assert before == _contents(filled)
