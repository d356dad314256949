"""The audit chain in the database: written with the change, and walked in order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.domain.audit_chain import verify
from prompts_admin.domain.errors import Refused
from prompts_admin.store.database.triggers import allow_changes
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.records import audit
from prompts_admin.store.tables import audit as table


def _append(work: UnitOfWork, subject: str, *, feature: str | None = "support", **detail: Any) -> None:
    who = {"actor": "ana@example.com", "via": "web"}
    audit.append(work, **who, action="promote", subject=subject, feature=feature, detail=detail)


def _fault(store: Store) -> str | None:
    with store.read() as work:
        return verify(audit.walk(work.connection), anchor=audit.end_of_chain(work.head)).fault


@pytest.fixture
def chained(store: Store) -> Store:
    """A store with five entries from three transactions."""
    for subjects in (["a/1", "a/2"], ["b/3"], ["b/4", "a/1"]):
        with store.write() as work:
            for subject in subjects:
                _append(work, subject, feature=subject[0], percent=12.5, text="Zoë \u200b 🙂", empty=None)
            work.commit()
    return store


def test_entries_come_back_as_they_were_hashed(chained: Store) -> None:
    """What the database returns verifies, through several transactions."""
    assert _fault(chained) is None
    with chained.read() as work:
        entries = list(audit.walk(work.connection))
        assert [1, 2, 3, 4, 5] == [entry.seq for entry in entries]
        assert (5, entries[-1].hash) == (work.head.audit_seq, work.head.audit_hash)
        assert [4, 5] == [entry.seq for entry in audit.walk(work.connection, after=3)]


def test_a_rolled_back_change_leaves_no_entry(chained: Store) -> None:
    """The entry is in the transaction of the change."""
    with chained.write() as work:
        _append(work, "a/9")
    assert _fault(chained) is None
    with chained.read() as work:
        assert 5 == work.head.audit_seq


def test_an_entry_that_cannot_be_written_stops_the_change(chained: Store) -> None:
    """What has no canonical JSON is refused before anything is stored."""
    with pytest.raises(Refused), chained.write() as work:
        _append(work, "a/9", moment=datetime(2026, 1, 1, tzinfo=UTC))
        work.commit()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor = 'eve@example.com' WHERE seq = 3", "changed"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 2", "changed"),
        ("DELETE FROM audit WHERE seq = 2", "removed"),
        ("DELETE FROM audit WHERE seq = 5", "truncated"),
        ("DELETE FROM audit", "truncated"),
        ("UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)", "reordered"),
    ],
)
def test_S50_tampering_past_the_triggers_is_noticed(chained: Store, statement: str, fault: str) -> None:
    """Somebody who owns the database can drop the triggers; the chain still tells."""
    with chained.write() as work:
        allow_changes(work.connection, "audit")
        work.connection.execute(sa.text(statement))
        work.connection.execute(sa.text("UPDATE audit SET seq = -seq WHERE seq < 0"))
        work.commit()
    assert fault == _fault(chained)


def test_pages_by_number(chained: Store) -> None:
    """Newest first, continued below the last number seen, with filters."""
    with chained.read() as work:
        connection = work.connection
        assert [5, 4] == [entry.seq for entry in audit.page(connection, limit=2)]
        assert [3, 2] == [entry.seq for entry in audit.page(connection, limit=2, before=4)]
        assert [5, 1] == [entry.seq for entry in audit.page(connection, limit=9, subject="a/1")]
        assert [4, 3] == [entry.seq for entry in audit.page(connection, limit=9, features=frozenset("b"))]
        assert () == audit.page(connection, limit=9, features=frozenset())
        assert () == audit.page(connection, limit=9, actor="eve@example.com")
        assert 5 == len(audit.page(connection, limit=9, action="promote"))


def test_a_long_chain_is_walked_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the chain, and no entry is lost between portions."""
    monkeypatch.setattr(audit, "_WALK", 4)
    with store.write() as work:
        for number in range(9):
            _append(work, f"a/{number}")
        work.commit()
    assert _fault(store) is None
    with store.read() as work:
        assert 9 == len(list(audit.walk(work.connection)))
        assert 9 == work.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
