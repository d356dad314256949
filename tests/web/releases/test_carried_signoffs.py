"""A raise that the earlier sign-off does not cover says why, on the review and on the release's page."""

from __future__ import annotations

from prompts_admin.services.policies.changes import propose_settings, sign_settings
from tests.support.cast import ADMIN, APPROVER, ON_CALL, make_person
from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

ADMIN2 = "admin2@example.com"


def _shared(visits: Visits) -> None:
    """Version 2 has 10 % of beta, signed for all of it."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "Be kinder.")
    desk.promote(TRIAGE)
    desk.promote(TRIAGE, to="beta", percent=10)


def _widen(visits: Visits) -> None:
    """Make everybody the audience of beta."""
    make_person(visits.desk.product.store, ADMIN2, ("admin", "*"))
    document = {"audiences": {"beta": "everybody"}}
    change = visits.desk.do(ADMIN, propose_settings, scope="", document=document)
    visits.desk.do(ADMIN2, sign_settings, change["number"], verdict="approve")


def test_after_another_audience_the_pages_say_why_a_raise_is_signed_again(visits: Visits) -> None:
    """Before it is proposed and while it waits."""
    _shared(visits)
    _widen(visits)
    why = "does not count for this: the audience of beta has changed since."
    review = visits.read("/releases/new", by=ON_CALL, stage="beta", key=f"{TRIAGE}@2")
    assert why in review.text
    answer = visits.post("/releases", by=ON_CALL, **review.forms["/releases"], action="propose")
    page = visits.read(answer.location, by=ON_CALL)
    assert why in page.text
    assert "1 × ml" in page.text


def test_after_a_no_the_second_asking_waits_and_says_so(visits: Visits) -> None:
    """A click on the same raise is not live under a yes that was overruled by its giver."""
    _shared(visits)
    first = visits.desk.propose(f"{TRIAGE}@2", to="beta", percent=50, by=ON_CALL, apply="manual")
    visits.desk.refuse(first["number"], by=APPROVER)
    sent = {"stage": "beta", "key-0": f"{TRIAGE}@2", "percentage-0": "50", "up_to-0": "100"}
    answer = visits.post("/releases", by=ON_CALL, **sent, action="propose")
    page = read(visits.get(answer.location, by=ON_CALL))
    assert f"{APPROVER} said no in release {first['number']}" in page.text
    assert 10_000 == visits.desk.entry("beta", TRIAGE).percentage
