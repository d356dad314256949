"""Statements that go to the driver as text: the same answers as SQLAlchemy's, in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.tables import outbox, users
from tests.store.database.test_unit_of_work import MOMENT

ADD = Prepared(outbox.insert())
BY_TOPIC = Prepared(
    sa.select(outbox.c.topic, outbox.c.payload, outbox.c.created_at, outbox.c.delivered_at)
    .where(outbox.c.topic.in_(any_of("topics")), outbox.c.attempts == 0)
    .order_by(outbox.c.topic)
)
CHANGE = Prepared(outbox.update().where(outbox.c.topic == sa.bindparam("old")))


def _row(topic: str, payload: Any = None) -> dict[str, Any]:
    return {"topic": topic, "payload": payload or {}, "created_at": MOMENT, "due_at": MOMENT}


@pytest.mark.parametrize("count", [0, 1, 3, 8, 9, 40])
def test_lists_of_any_length_are_answered_as_ever(store: Store, count: int) -> None:
    """Moments, JSON and nothing come as they went in, percent signs and quotes included."""
    topics = [f'100 % "{number:02}" \'s' for number in range(count)]
    with store.write() as work:
        for topic in [*topics, "other"]:
            ADD.run(work.connection, _row(topic, {"ü": [1, None, "%s"]}))
        found = BY_TOPIC.rows(work.connection, {"topics": topics})
        ordinary = work.connection.execute(BY_TOPIC.statement, {"topics": topics}).all()
    assert [(topic, {"ü": [1, None, "%s"]}, MOMENT, None) for topic in topics] == [
        tuple(row) for row in found
    ]
    assert [tuple(row) for row in ordinary] == [tuple(row) for row in found]


def test_writing_tells_how_many_rows_it_concerned(store: Store) -> None:
    """Compare and set relies on that; other columns make another text."""
    with store.write() as work:
        ADD.run(work.connection, [_row("a"), _row("a"), _row("b")])
        assert 2 == CHANGE.run(work.connection, {"old": "a", "attempts": 1})
        assert 0 == CHANGE.run(work.connection, {"old": "c", "attempts": 1})
        assert 1 == CHANGE.run(work.connection, {"old": "b", "topic": "d", "delivered_at": MOMENT})
        assert [("d", {}, MOMENT, MOMENT)] == list(BY_TOPIC.rows(work.connection, {"topics": ["a", "d"]}))


def test_what_is_written_later_is_there_for_whoever_reads(store: Store) -> None:
    """The connection is handed out once everything before is written, and nothing is kept after a rollback."""
    with store.write() as work:
        work.write_later(ADD, _row("a"))
        work.write_later(CHANGE, {"old": "a", "payload": {"n": 1}})
        assert [("a", {"n": 1}, MOMENT, None)] == list(BY_TOPIC.rows(work.connection, {"topics": ["a"]}))
        work.write_later(ADD, _row("b"))
    with store.read() as work:
        assert [] == list(BY_TOPIC.rows(work.connection, {"topics": ["a", "b"]}))


def test_what_is_written_later_is_written_by_the_commit(store: Store) -> None:
    """Nothing has to read first."""
    with store.write() as work:
        work.write_later(ADD, _row("a"), _row("b"))
        work.commit()
    with store.read() as work:
        assert 2 == len(BY_TOPIC.rows(work.connection, {"topics": ["a", "b"]}))


def test_a_row_that_the_database_refuses_ends_the_transaction(store: Store) -> None:
    """The error is SQLAlchemy's, also when the row waited for others, and nothing stays."""
    person = {"email": "ana@example.com", "name": "Ana", "created_at": MOMENT, "created_by": "system"}
    with pytest.raises(sa.exc.IntegrityError), store.write() as work:
        work.write_later(ADD, _row("a"))
        work.write_later(Prepared(users.insert()), person)
        work.write_later(Prepared(users.insert()), person)
        work.commit()
    with store.write() as work:
        assert [] == list(BY_TOPIC.rows(work.connection, {"topics": ["a"]}))
        work.commit()


def test_whoever_listens_hears_every_statement(store: Store) -> None:
    """Traces and tests that count statements see these too."""
    heard: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        heard.append(text)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    with store.write() as work:
        work.write_later(ADD, _row("a"))
        BY_TOPIC.rows(work.connection, {"topics": ["a"]})
    assert [1, 1] == [sum(word in text for text in heard) for word in ("INSERT INTO outbox", "FROM outbox")]
