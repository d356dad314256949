"""The database itself refuses to change or delete what is append-only, whoever asks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from prompts_admin.store.database.triggers import allow_changes, protected, refuse_changes
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.tables import APPEND_ONLY, marks
from tests.support.rows import fill


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with one row in every table."""
    with store.write() as work:
        fill(work.connection)
        work.commit()
    return store


def _refused(store: Store, statement: sa.Executable) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.write() as work:
        work.connection.execute(statement)


def test_S50_append_only_tables_refuse_changes(filled: Store) -> None:
    """UPDATE, DELETE, TRUNCATE and INSERT OR REPLACE fail on each; every row stays as it was."""
    with filled.read() as work:
        before = {table: work.connection.execute(sa.select(table)).mappings().all() for table in APPEND_ONLY}
    for table, (kept,) in before.items():
        key = next(iter(table.primary_key.columns))
        _refused(filled, sa.update(table).values({key: key}))
        _refused(filled, sa.delete(table))
        if filled.engine.dialect.name == "sqlite":
            _refused(filled, sa.insert(table).prefix_with("OR REPLACE").values(**kept))
        else:
            _refused(filled, sa.text(f"TRUNCATE {table.name} CASCADE"))
    with filled.read() as work:
        for table, rows in before.items():
            assert rows == work.connection.execute(sa.select(table)).mappings().all()


def test_S50_an_upsert_is_a_change_too(filled: Store) -> None:
    """ON CONFLICT DO UPDATE is refused on both databases."""
    with filled.read() as work:
        mark = dict(work.connection.execute(sa.select(marks)).mappings().one())
    columns = ", ".join(mark)
    values = ", ".join(f":{name}" for name in mark)
    upsert = f"INSERT INTO marks ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET marked = false"
    _refused(filled, sa.text(upsert).bindparams(**{**mark, "at": "2026"}))


def test_migrations_can_take_the_triggers_away_and_put_them_back(filled: Store) -> None:
    """A revision that copies a table brings its protection back."""
    with filled.write() as work:
        allow_changes(work.connection, "marks")
        assert "marks" not in protected(work.connection)
        work.connection.execute(sa.text("DELETE FROM marks"))
        refuse_changes(work.connection, "marks", key=("id",))
        assert {table.name for table in APPEND_ONLY} == protected(work.connection)
