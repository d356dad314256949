"""S23: whatever fails in the middle of a use case, nothing of it has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prompts_admin.domain.errors import ProductError
from prompts_admin.store.tables import metadata
from tests.support.cast import APPROVER, SECOND
from tests.support.desk import FAST, REPLY, TRIAGE, Desk
from tests.support.invariants import check_invariants

MOST = 400
Action = Callable[[Desk], Any]


class Broken(Exception):
    """What is raised after a statement."""


def promote(desk: Desk) -> None:
    """Settle two artifacts on internal, which supersedes and makes a proposal stale."""
    desk.propose(f"{TRIAGE}@2", f"{REPLY}@2")


def sign(desk: Desk) -> None:
    """Give the last sign-off that a release to beta waits for."""
    desk.approve(2, by=APPROVER)


def roll_back(desk: Desk) -> None:
    """Take a model away from the prompts that pin it."""
    desk.rollback(f"{FAST}@1", or_none=True)


def save(desk: Desk) -> None:
    """Save the first version of a prompt of a new feature."""
    desk.save("fresh/letter", "Hello")


@pytest.mark.parametrize("action", [promote, sign, roll_back, save], ids=lambda action: action.__name__)
def test_S23_a_failure_after_any_statement_leaves_nothing_changed(desk: Desk, action: Action) -> None:
    """Each statement in turn is the last one that works: no row, no audit entry, no message is left."""
    _prepare(desk)
    before, statements = _rows(desk), 0
    for count in range(1, MOST):
        with _failing_after(desk, count) as seen:
            try:
                action(desk)
            except (Broken, ProductError):
                pass
            else:
                break
        statements = max(statements, seen[0])
        assert before == _rows(desk), f"after statement {count}"
    assert 5 < statements
    assert before != _rows(desk)
    # The last failure may have hit the reading for the snapshot, which tries again by itself.
    desk.product.live.changed(desk.product.store.revision())
    check_invariants(desk.product)


def _prepare(desk: Desk) -> None:
    desk.save(FAST, provider="openai", name="small")
    for text in ("one", "two"):
        desk.save(TRIAGE, text, model=FAST)
        desk.save(REPLY, text)
    desk.promote(f"{TRIAGE}@1", f"{REPLY}@1")
    assert "proposed" == desk.propose(f"{TRIAGE}@1", to="beta")["state"]
    desk.propose(f"{TRIAGE}@2", percent=10, apply="manual", by=SECOND)


def _rows(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with desk.product.store.read() as uow:
        return {
            table.name: sorted(map(tuple, uow.connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


@contextmanager
def _failing_after(desk: Desk, count: int) -> Iterator[list[int]]:
    """Raise after the `count`-th statement of what runs inside; yields how many ran."""
    seen = [0]

    def fail(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == count:
            raise Broken

    event.listen(desk.product.store.engine, "after_cursor_execute", fail)
    try:
        yield seen
    finally:
        event.remove(desk.product.store.engine, "after_cursor_execute", fail)
