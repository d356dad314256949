"""List pages ask the store the same number of questions, however long the lists are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits

PATHS = (
    "/",
    f"/artifacts/{TRIAGE}/versions",
    f"/artifacts/{TRIAGE}/history",
    f"/artifacts/{TRIAGE}/timeline",
    "/features/support/timeline?stage=internal",
    "/search?q=text",
)
pytestmark = ON_SQLITE


@pytest.mark.parametrize("path", PATHS)
def test_longer_lists_cost_no_more_queries(visits: Visits, path: str) -> None:
    """With a few artifacts, versions and open releases, and with many times as many."""
    _more(visits, range(3))
    few = _asked(visits, path)
    _more(visits, range(3, 20))
    assert few == _asked(visits, path)


def _more(visits: Visits, numbers: range) -> None:
    for number in numbers:
        key = f"support/p{number}"
        visits.desk.save(TRIAGE, f"Text {number}")
        visits.desk.promote(TRIAGE)
        visits.desk.save(key, "Text")
        visits.desk.promote(key)
        visits.desk.propose(key, to="beta")


def _asked(visits: Visits, path: str) -> int:
    visits.get(path)
    with _counting(visits) as statements:
        assert 200 == visits.get(path).status_code
    return len(statements)


@contextmanager
def _counting(visits: Visits) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = visits.desk.product.store.reader
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)
