"""Reading by pairs of key and number: exact, whatever stands in the key, and by an index."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from prompts_admin.store.database.statements import ByIds
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.tables import contains, outbox, versions
from tests.store.database.test_unit_of_work import MOMENT

BY_TOPIC = ByIds(outbox.c.topic, outbox.c.attempts, [outbox.c.topic, outbox.c.attempts])


def _fill(store: Store, *pairs: tuple[str, int]) -> None:
    common = {"payload": {}, "created_at": MOMENT, "due_at": MOMENT}
    with store.write() as work:
        rows = [{"topic": topic, "attempts": number, **common} for topic, number in pairs]
        work.connection.execute(outbox.insert(), rows)
        work.commit()


def test_only_the_pairs_themselves_are_found(store: Store) -> None:
    """Two keys and two numbers are two pairs, not four; quotes and brackets in a key are text."""
    odd = 'it\'s [0] "x", ü'
    _fill(store, ("a/b", 1), ("a/b", 2), ("a/c", 1), (odd, 3))
    with store.read() as work:
        found = BY_TOPIC.rows(work.connection, {("a/b", 1), ("a/c", 2), (odd, 3)})
    assert {("a/b", 1), (odd, 3)} == {tuple(row) for row in found}


def test_a_pair_that_is_asked_for_twice_is_found_once(store: Store) -> None:
    """Callers give lists as they have them."""
    _fill(store, ("a/b", 1))
    with store.read() as work:
        assert [("a/b", 1)] == [tuple(row) for row in BY_TOPIC.rows(work.connection, [("a/b", 1)] * 2)]
        assert [] == list(BY_TOPIC.rows(work.connection, []))


def test_many_pairs_are_one_statement(store: Store) -> None:
    """Forty thousand pairs are more than any database takes parameters."""
    _fill(store, ("a/b", 7))
    with store.read() as work:
        found = BY_TOPIC.rows(work.connection, [("a/b", number) for number in range(40_000)])
    assert [("a/b", 7)] == [tuple(row) for row in found]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("table", [versions, contains], ids=["versions", "contains"])
def test_no_table_is_read_whole(store: Store, table: sa.Table) -> None:
    """SQLite goes by the primary key, however many rows there are."""
    statement = ByIds(table.c.key, table.c.number, [table.c.key]).statement("sqlite").statement
    text = str(statement.compile(store.engine))
    with store.read() as work:
        plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",)).all()
    assert any(f"SEARCH {table.name} USING" in row.detail for row in plan)
    assert not any(row.detail == f"SCAN {table.name}" for row in plan)
