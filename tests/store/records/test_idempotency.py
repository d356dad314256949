"""Answers kept by idempotency key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.records import idempotency

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_an_answer_is_found_by_actor_and_key(store: Store) -> None:
    """Another actor with the same key finds nothing."""
    answer = {"number": 12, "items": [{"percentage": 0.5}]}
    with store.write() as work:
        kept = {"request": "a" * 64, "response": answer, "now": NOW}
        idempotency.keep(work, "ana@example.com", "k1", **kept)  # type: ignore[arg-type]
        work.commit()
    with store.read() as work:
        found = idempotency.find(work.connection, "ana@example.com", "k1")
        assert idempotency.Kept("a" * 64, answer, NOW) == found
        assert idempotency.find(work.connection, "eve@example.com", "k1") is None


def test_old_answers_are_forgotten(store: Store) -> None:
    """Only those older than asked."""
    with store.write() as work:
        for key, moment in (("old", NOW), ("new", NOW + timedelta(days=1))):
            idempotency.keep(work, "ana@example.com", key, request="", response={}, now=moment)
        assert 1 == idempotency.forget_older_than(work.connection, NOW + timedelta(hours=1))
        assert idempotency.find(work.connection, "ana@example.com", "new") is not None
