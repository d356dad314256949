"""How many decisions wait for somebody stands in the head of every page, and is never old."""

from __future__ import annotations

from tests.support.cast import APPROVER, AUTHOR, LAWYER, SECOND
from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits

pytestmark = ON_SQLITE


def _counted(visits: Visits, person: str) -> int:
    text = visits.read("/features", by=person).text
    _, found, rest = text.partition("Overview Releases Waiting ")
    return int(rest.split()[0]) if found and rest.split()[0].isdecimal() else 0


def test_the_count_follows_what_is_asked_and_signed(visits: Visits) -> None:
    """Nobody for the author; one for each who can sign, until they did."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="beta")
    assert [0, 0, 0] == [_counted(visits, person) for person in (AUTHOR, SECOND, LAWYER)]
    number = visits.desk.propose(TRIAGE, to="full")["number"]
    assert [0, 1, 1] == [_counted(visits, person) for person in (AUTHOR, SECOND, LAWYER)]
    visits.desk.approve(number, by=LAWYER)
    assert [0, 1, 0] == [_counted(visits, person) for person in (AUTHOR, SECOND, LAWYER)]
    assert 0 == _counted(visits, APPROVER)


def test_a_second_page_asks_no_second_time(visits: Visits) -> None:
    """Between two changes the count is remembered."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="beta")
    visits.desk.propose(TRIAGE, to="full")
    assert 1 == _counted(visits, LAWYER) == _counted(visits, LAWYER)
