"""The outbox: nothing is lost, nothing leaves before its time, ids are never given twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.records import outbox

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_messages_come_when_due(store: Store) -> None:
    """Longest due first, of the topics asked for; the moment of the next one is known."""
    with store.write() as work:
        later = outbox.add(work.connection, "mail", {"n": 1}, now=NOW, due_at=LATER)
        first = outbox.add(work.connection, "mail", {"n": 2}, now=NOW)
        other = outbox.add(work.connection, "mirror", {"n": 3}, now=NOW)
        work.commit()
    with store.read() as work:
        connection = work.connection
        assert [first, other] == [message.id for message in outbox.due(connection, NOW, limit=9)]
        assert [first] == [message.id for message in outbox.due(connection, NOW, limit=1)]
        mail = outbox.due(connection, LATER, limit=9, topics=["mail"])
        assert [(first, {"n": 2}), (later, {"n": 1})] == [(message.id, message.payload) for message in mail]
        assert NOW == outbox.next_due(connection, ["mail"])
        assert outbox.next_due(connection, ["other"]) is None
        assert (3, 1, 0) == (
            outbox.pending_count(connection),
            outbox.pending_count(connection, ["mirror"]),
            outbox.pending_count(connection, []),
        )


def test_a_failure_is_tried_again_later(store: Store) -> None:
    """The reason and the number of attempts are kept."""
    with store.write() as work:
        message = outbox.add(work.connection, "mail", {}, now=NOW)
        outbox.failed(work.connection, message, "refused", next_due=LATER)
        assert () == outbox.due(work.connection, NOW, limit=9)
        (waiting,) = outbox.due(work.connection, LATER, limit=9)
        assert (message, 1, "refused") == (waiting.id, waiting.attempts, waiting.error)


def test_what_was_delivered_is_not_sent_again(store: Store) -> None:
    """Delivered messages can be forgotten, and their ids are not used for others."""
    with store.write() as work:
        connection = work.connection
        ids = [outbox.add(connection, "mail", {}, now=NOW) for _ in range(3)]
        outbox.delivered(connection, ids[1:], NOW)
        assert ids[:1] == [message.id for message in outbox.due(connection, NOW, limit=9)]
        assert 0 == outbox.forget_delivered(connection, NOW)
        assert 2 == outbox.forget_delivered(connection, LATER)
        assert outbox.add(connection, "mail", {}, now=NOW) > max(ids)
        assert 2 == outbox.pending_count(connection)


def test_a_rolled_back_change_announces_nothing(store: Store) -> None:
    """The message is in the transaction of the change."""
    with store.write() as work:
        outbox.add(work.connection, "mail", {}, now=NOW)
    with store.read() as work:
        assert 0 == outbox.pending_count(work.connection)
