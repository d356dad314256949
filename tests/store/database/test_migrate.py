"""Migrations: the same schema from every way on both databases, and no start on a schema not ours."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.triggers import protected
from prompts_admin.store.database.unit_of_work import utc_now
from prompts_admin.store.tables import APPEND_ONLY, features, metadata, workspace
from prompts_admin.store.tables.search import OWN_INDEX


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine on a database without a schema."""
    opened = open_engine(empty_database_url)
    yield opened
    opened.dispose()


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": _is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave out the full-text index, which each database has in a form of its own."""
    return not (name or "").startswith(OWN_INDEX)


def _checks(engine: Engine) -> set[str]:
    inspector = sa.inspect(engine)
    return {str(check["name"]) for name in metadata.tables for check in inspector.get_check_constraints(name)}


def test_migrations_make_the_schema_of_the_program(engine: Engine) -> None:
    """Alembic finds no difference; checks and triggers, which it does not compare, are there too."""
    migrate.upgrade(engine)
    assert [] == _differences(engine)
    expected = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert expected == _checks(engine)
    with engine.connect() as connection:
        assert {table.name for table in APPEND_ONLY} == protected(connection)


def test_a_new_store_has_one_workspace_row(engine: Engine) -> None:
    """Counters start at 0 and the audit chain at 64 zeros; a second upgrade changes nothing."""
    migrate.upgrade(engine)
    with engine.connect() as connection:
        first = connection.execute(sa.select(workspace)).mappings().one()
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert first == connection.execute(sa.select(workspace)).mappings().one()
    assert (0, 0, "0" * 64) == (first["revision"], first["audit_seq"], first["audit_hash"])


def test_files_are_named_by_their_revision_one_after_another() -> None:
    """What the names of the files say is what Alembic finds, newest first: a start reads the names alone."""
    scripts = ScriptDirectory.from_config(migrate._config())
    assert tuple(script.revision for script in scripts.walk_revisions()) == migrate.known()


def test_down_and_up_again(engine: Engine) -> None:
    """Every revision can be taken back, to nothing, and made again."""
    migrate.upgrade(engine)
    with migrate.migrating(engine) as connection:
        migrate.run(connection, "downgrade", "base")
    assert migrate.current(engine) is None
    assert {"alembic_version"} == set(sa.inspect(engine).get_table_names())
    migrate.upgrade(engine)
    assert [] == _differences(engine)


def test_F43_a_newer_schema_is_refused(engine: Engine) -> None:
    """A schema that this program does not know stops the start and the upgrade, with what to do."""
    migrate.upgrade(engine)
    migrate.check_is_current(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (migrate.check_is_current, migrate.upgrade):
        with pytest.raises(Unavailable, match=r"9999.*newer") as refusal:
            refused(engine)
        assert ("schema_mismatch", 503) == (refusal.value.code, refusal.value.status)


def test_F43_an_older_schema_names_the_command(engine: Engine) -> None:
    """A store that is not migrated is not served."""
    with pytest.raises(Unavailable, match="prompts-admin db upgrade"):
        migrate.check_is_current(engine)


def test_F43_an_interrupted_migration_leaves_nothing(engine: Engine) -> None:
    """What was made before the failure is rolled back, tables included."""
    with pytest.raises(LookupError), migrate.migrating(engine) as connection:
        migrate.run(connection, "upgrade", "head")
        raise LookupError
    assert [] == sa.inspect(engine).get_table_names()


def test_copying_a_table_keeps_its_child_rows(tmp_path: Path) -> None:
    """SQLite alters a table by dropping it; rows that refer to it stay, and dangling ones are noticed."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        child = "CREATE TABLE child (parent INTEGER REFERENCES parent (id) ON DELETE CASCADE)"
        connection.exec_driver_sql(child)
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")
    with migrate.migrating(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE copied AS SELECT * FROM parent")
        connection.exec_driver_sql("DROP TABLE parent")
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO parent SELECT id FROM copied")
    with pytest.raises(RuntimeError, match="child"), migrate.migrating(engine) as connection:
        connection.exec_driver_sql("DELETE FROM parent")
    with engine.connect() as connection:
        assert 1 == connection.exec_driver_sql("SELECT count(*) FROM child").scalar()
        assert 1 == connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    engine.dispose()


def test_keys_sort_alike_on_both_databases(engine: Engine) -> None:
    """Keys sort by bytes, whatever the locale of the PostgreSQL server."""
    migrate.upgrade(engine)
    if engine.dialect.name == "postgresql":
        query = sa.text(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE column_name IN ('key', 'feature', 'email') AND table_name <> 'idempotency'"
        )
        with engine.connect() as connection:
            assert {"C"} == set(connection.execute(query).scalars())
    keys = ["ab", "a-b", "a_b", "a-c", "a_0", "a0"]
    rest = {"title": "", "description": "", "document_version": 0, "created_at": utc_now(), "created_by": ""}
    with engine.connect() as connection:
        connection.execute(sa.insert(features), [{"key": key, **rest} for key in keys])
        assert sorted(keys) == list(
            connection.execute(sa.select(features.c.key).order_by(features.c.key)).scalars()
        )


def test_a_new_sqlite_file_is_private(tmp_path: Path) -> None:
    """Only the owner can read the store."""
    path = tmp_path / "deep" / "store.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.begin():
        modes = {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    assert {0o600} == modes
    engine.dispose()
