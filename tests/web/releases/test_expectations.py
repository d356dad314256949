"""Buttons and forms that propose say what stood there when the page was made; over anything else they ask again."""

from __future__ import annotations

import pytest

from tests.support.cast import APPROVER, AUTHOR, ON_CALL, SECOND
from tests.support.desk import TRIAGE, shares
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE, NEW = f"/artifacts/{TRIAGE}", "/releases/new"


@pytest.fixture
def three(visits: Visits) -> Visits:
    """Version 2 is live on internal, 3 is offered."""
    for text in ("Be kind.", "Be kinder.", "Be kindest."):
        visits.desk.save(TRIAGE, text)
    visits.desk.promote(f"{TRIAGE}@2")
    return visits


def test_a_stale_click_puts_no_older_version_live(three: Visits) -> None:
    """v4 went live meanwhile: the click says so, shows both and changes nothing; sent again it is done."""
    page = three.read(PAGE)
    assert "Make v3 live for internal" in page.text
    form = page.forms["/releases"]
    three.desk.save(TRIAGE, "Be yourself.")
    three.desk.promote(f"{TRIAGE}@4", by=SECOND)
    answer = three.post("/releases", **form)
    asked = read(answer)
    assert (409, shares(4)) == (answer.status_code, [three.desk.entry("internal", TRIAGE)])
    for words in ("internal has v4 of", "pm2@example.com", "not v2.", "kindest", "Propose to internal"):
        assert words in asked.text, words
    assert 303 == three.post("/releases", **asked.forms["/releases"], action="propose").status_code
    assert shares(3) == [three.desk.entry("internal", TRIAGE)]


def test_the_button_works_while_nothing_moved(three: Visits) -> None:
    """Also on a stage with nothing, and beside a share."""
    assert 303 == three.post("/releases", **three.read(PAGE).forms["/releases"]).status_code
    assert shares(3) == [three.desk.entry("internal", TRIAGE)]
    three.desk.save(TRIAGE, "Be brief.")
    three.desk.promote(f"{TRIAGE}@4", percent=10)
    three.desk.save(TRIAGE, "Be brief and kind.")
    form = three.read(PAGE).forms["/releases"]
    assert "3.4.10000" == form["expect-0"]
    assert 303 == three.post("/releases", **form).status_code


def test_a_review_that_was_overtaken_asks_again(three: Visits) -> None:
    """What was typed is kept, an error in between hides nothing, and the new page is made from what stands now."""
    form = three.read(NEW, stage="internal", key=f"{TRIAGE}@3").forms["/releases"]
    wrong = three.post("/releases", **form | {"percentage-0": "lots", "note": "Kinder"}, action="propose")
    three.desk.promote(f"{TRIAGE}@1", by=SECOND)
    typed = read(wrong).forms["/releases"] | {"percentage-0": "25", "note": "Kinder"}
    answer = three.post("/releases", **typed, action="propose")
    asked = read(answer).forms["/releases"]
    assert (409, shares(1)) == (answer.status_code, [three.desk.entry("internal", TRIAGE)])
    assert ("25", "Kinder", "1.0.0") == (asked["percentage-0"], asked["note"].strip(), asked["expect-0"])
    assert 303 == three.post("/releases", **asked, action="propose").status_code


def test_a_raise_does_not_turn_into_a_lowering(three: Visits) -> None:
    """Somebody raised the share further while the review stood open."""
    three.desk.promote(f"{TRIAGE}@3", percent=10, by=AUTHOR)
    form = three.read(NEW, by=ON_CALL, stage="internal", key=f"{TRIAGE}@3").forms["/releases"]
    three.desk.propose(f"{TRIAGE}@3", percent=60, by=APPROVER)
    answer = three.post("/releases", by=ON_CALL, **form | {"percentage-0": "20"}, action="propose")
    assert 409 == answer.status_code
    assert "v3 for 60 %" in read(answer).text
    assert shares((2, 3, 60)) == [three.desk.entry("internal", TRIAGE)]


def test_what_was_done_meanwhile_is_told_and_not_done_twice(three: Visits) -> None:
    """The same click of two people: the second reads who was faster."""
    form = three.read(PAGE).forms["/releases"]
    three.desk.promote(f"{TRIAGE}@3", by=SECOND)
    answer = three.post("/releases", **form)
    assert 409 == answer.status_code
    assert "internal has v3 of" in read(answer).text and "pm2@example.com" in read(answer).text
    assert 400 == three.post("/releases", **form | {"expect-0": "v2"}).status_code
