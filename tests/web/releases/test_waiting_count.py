"""How many decisions wait for somebody stands in the head of every page, and is never old."""

from __future__ import annotations

from prompts_admin.services.releases.signoffs import sign
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


def test_a_refusal_waits_for_who_proposed_until_it_is_proposed_again(visits: Visits) -> None:
    """In the head, under Waiting with the reason, on the artifact; nobody else's count moves, and time ends it."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="beta")
    number = visits.desk.propose(TRIAGE, to="full")["number"]
    visits.desk.do(LAWYER, sign, number, verdict="refuse", note="Too curt.")
    assert [1, 0, 0] == [_counted(visits, person) for person in (AUTHOR, SECOND, LAWYER)]
    for path in ("/waiting", f"/artifacts/{TRIAGE}"):
        told = visits.read(path).text
        assert f"Release {number} to full" in told and "Too curt." in told and LAWYER in told
    assert f"Release {number} to full was refused by {LAWYER}" in visits.read("/").text
    assert "Too curt." not in visits.read("/waiting", by=SECOND).text
    visits.desk.propose(TRIAGE, to="full")
    assert 0 == _counted(visits, AUTHOR)
    assert "Too curt." not in visits.read(f"/artifacts/{TRIAGE}").text


def test_a_refusal_is_forgotten_after_a_while(visits: Visits) -> None:
    """What nobody takes up again in two weeks is no reminder any more."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="beta")
    visits.desk.do(
        LAWYER, sign, visits.desk.propose(TRIAGE, to="full")["number"], verdict="refuse", note="No."
    )
    assert 1 == _counted(visits, AUTHOR)
    visits.desk.clock.forward(days=15)
    assert 0 == _counted(visits, AUTHOR)
