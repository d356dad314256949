"""Pages of the review ask the database a constant number of times, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from prompts_admin.services.policies.changes import propose_settings
from tests.support.cast import ADMIN, APPROVER
from tests.support.desk import OTHER
from tests.support.visits import ON_SQLITE, Visits

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    "path",
    [
        "/releases",
        "/releases?state=open",
        "/waiting",
        "/settings",
        "/audit",
        "/people",
        "/features",
        "/tokens",
    ],
)
def test_lists_ask_as_often_for_many_as_for_few(visits: Visits, path: str) -> None:
    """Five releases, proposals and changes, or fifteen: the same number of statements."""
    _more(visits, 5)
    few = _statements(visits, path)
    _more(visits, 10)
    assert few == _statements(visits, path)


def test_a_release_asks_as_often_late_as_early(visits: Visits) -> None:
    """The page of a release does not grow with the history behind it."""
    _more(visits, 2)
    few = _statements(visits, "/releases/3")
    _more(visits, 8)
    assert few == _statements(visits, "/releases/3")


def _more(visits: Visits, count: int) -> None:
    """Add releases that are live and such that wait, and settings changes that wait."""
    desk = visits.desk
    start = desk.save(OTHER, f"{desk.clock.now}")
    for number in range(start, start + count):
        desk.clock.forward(minutes=1)
        version = desk.save(OTHER, f"{number} {desk.clock.now}")
        desk.promote(f"{OTHER}@{version}")
        key = f"support/p{number}"
        desk.save(key, "Be kind.")
        desk.promote(key)
        desk.propose(key, to="beta")
        hours = {"policy": {"beta": {"wait_hours": number}}}
        desk.do(APPROVER, propose_settings, scope="support", document=hours)


def _statements(visits: Visits, path: str) -> int:
    visits.get(path, by=ADMIN)
    with _counted(visits) as statements:
        assert 200 == visits.get(path, by=ADMIN).status_code
    return len(statements)


@contextmanager
def _counted(visits: Visits) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = visits.desk.product.store.reader
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
