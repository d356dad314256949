"""What a page does where there is nothing to go back to: what can go goes, and the rest takes one more press."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.cast import ADMIN, AUTHOR, LAWYER, ON_CALL
from tests.support.desk import FAST, REPLY, TRIAGE, shares
from tests.support.visits import ON_SQLITE, Page, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"
OFF = "/switch-off"
PROMPTS = [f"support/p{number}" for number in range(1, 13)]


@pytest.fixture
def new(visits: Visits) -> Visits:
    """Version 1, the first of all, on internal and beta."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="beta")
    return visits


@pytest.fixture
def mixed(new: Visits) -> Visits:
    """Version 2 on every stage; on full nothing was before it."""
    new.desk.save(TRIAGE, "Be kinder.")
    new.desk.climb(TRIAGE)
    return new


@pytest.fixture
def restored(visits: Visits) -> int:
    """v1 everywhere; v2 to internal, a moment later to beta, v3 to internal; the restore of that moment."""
    desk = visits.desk
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    desk.promote(TRIAGE, to="beta")
    desk.save(TRIAGE, "three")
    desk.promote(TRIAGE)
    desk.clock.forward(hours=1)
    return int(desk.restore(feature="support", at=moment)["number"])


def press(visits: Visits, page: Page, action: str) -> TestResponse:
    """Send the form of a page as it stands there."""
    return visits.post(action, by=ON_CALL, **page.forms[action])


def shown(page: Page, label: str) -> bool:
    """Tell whether a page has a button with these words."""
    return label in page.text


def test_a_restore_is_undone_on_its_page_and_not_rolled_back(visits: Visits, restored: int) -> None:
    """The button that left beta with nothing is gone; its request by hand is refused and moves nothing."""
    path = f"/releases/{restored}"
    page = visits.read(path, by=ON_CALL)
    assert f"{path}/roll-back" not in page.forms and f"{path}/undo" in page.forms
    answer = visits.post(f"{path}/roll-back", by=ON_CALL)
    assert 409 == answer.status_code and "Undo it on its page" in read(answer).text
    assert shares(2, 1, 1) == visits.desk.stages(TRIAGE)
    press(visits, page, f"{path}/undo")
    assert shares(3, 2, 1) == visits.desk.stages(TRIAGE)


@pytest.mark.parametrize("kind", ["restore", "undo"])
def test_after_a_restore_or_an_undo_the_way_back_takes_two_clicks(
    visits: Visits, restored: int, kind: str
) -> None:
    """It leads to what one has just got away from; a quarter of an hour later it stands open."""
    if kind == "undo":
        visits.desk.undo(restored)
    word = {"restore": "Restored", "undo": "Undone"}[kind]
    page = visits.read(PAGE, by=ON_CALL)
    assert f"{word} just now. Go back further" in page.text
    assert "further" in [attributes.get("class") for name, attributes in page.elements if name == "details"]
    visits.desk.clock.forward(minutes=16)
    assert "Go back further" not in visits.read(PAGE, by=ON_CALL).text


def test_where_nothing_can_go_the_same_button_asks_once_more(new: Visits) -> None:
    """The label says it beforehand; the first press shows the page again, the second one does it."""
    page = new.read(PAGE, by=ON_CALL)
    assert shown(page, "Switch off v1 for internal and beta")
    answer = new.post(f"{PAGE}/roll-back", by=ON_CALL, version="1", reason="It loops", next="/")
    assert (409, shares(1, 1, None)) == (answer.status_code, new.desk.stages(TRIAGE))
    asked = read(answer)
    assert "There is nothing to go back to" in asked.text
    assert shown(asked, "Switch off v1 for internal and beta")
    done = press(new, asked, OFF)
    assert done.location.startswith("/?did=release.")
    assert shares(None, None, None) == new.desk.stages(TRIAGE)
    after = new.read(done.location, by=ON_CALL)
    assert "v1 → switched off" in after.text and "It loops" in after.text


def test_what_can_go_is_gone_and_the_notice_begins_with_what_is_left(mixed: Visits) -> None:
    """With the button for it; pressed, just that is switched off, and the notice has nothing left to say."""
    way = mixed.read(PAGE, by=ON_CALL)
    assert shown(way, "Roll back internal and beta to v1")
    assert "v2 stays on for full: there is nothing to go back to" in way.text
    answer = press(mixed, way, f"{PAGE}/roll-back")
    assert shares(1, 1, 2) == mixed.desk.stages(TRIAGE)
    page = mixed.read(answer.location, by=ON_CALL)
    assert page.text.index("Left on") < page.text.index("Rolled back")
    assert shown(page, "Switch off v2 for full")
    done = press(mixed, page, OFF)
    assert (PAGE, shares(1, 1, None)) == (done.location.partition("?")[0], mixed.desk.stages(TRIAGE))
    assert "Left on" not in mixed.read(done.location, by=ON_CALL).text
    assert "Left on" not in mixed.read(answer.location, by=ON_CALL).text


@pytest.mark.parametrize("where", ["/", "/features/support", "/releases/5"])
def test_every_page_with_the_button_does_the_same(mixed: Visits, where: str) -> None:
    """Overview, feature and release lead back to themselves, and the release alone has nothing that can go."""
    page = mixed.read(where, by=ON_CALL)
    assert shown(page, "Switch off v2 for full")
    asked = press(mixed, page, "/releases/5/roll-back")
    assert (409, shares(2, 2, 2)) == (asked.status_code, mixed.desk.stages(TRIAGE))
    done = press(mixed, read(asked), OFF)
    assert (where, shares(2, 2, None)) == (done.location.partition("?")[0], mixed.desk.stages(TRIAGE))


def test_the_second_press_acts_on_what_was_shown_alone(mixed: Visits) -> None:
    """Somebody promoted meanwhile: 409, the page as it is now, and nothing moved."""
    page = mixed.read(press(mixed, mixed.read(PAGE, by=ON_CALL), f"{PAGE}/roll-back").location, by=ON_CALL)
    mixed.desk.save(TRIAGE, "Be kindest.")
    mixed.desk.climb(f"{TRIAGE}@3")
    answer = press(mixed, page, OFF)
    assert (409, shares(3, 3, 3)) == (answer.status_code, mixed.desk.stages(TRIAGE))
    assert "has changed meanwhile" in read(answer).text and "Full v3" in read(answer).text


def test_buttons_of_an_answer_to_a_form_lead_to_a_page(new: Visits) -> None:
    """To where that form was going, or to what it was about: the form's own address can only be sent to."""
    for more, back in (({}, PAGE), ({"next": "/features/support"}, "/features/support")):
        asked = read(new.post(f"{PAGE}/roll-back", by=ON_CALL, version="1", **more))
        assert [back] * 2 == [asked.forms[action]["next"] for action in (f"{PAGE}/roll-back", OFF)]
        assert 200 == new.get(back, by=ON_CALL).status_code


@pytest.mark.parametrize("off", ["", "full", "full/support/triage", "full/support/triage@0", "x y z"])
def test_what_names_no_place_is_no_second_press(mixed: Visits, off: str) -> None:
    """A form made by hand is refused before anything is looked at."""
    assert 400 == mixed.post(OFF, by=ON_CALL, off=off).status_code
    assert 403 == mixed.post(OFF, by=LAWYER, off=f"full/{TRIAGE}@2").status_code
    assert shares(2, 2, 2) == mixed.desk.stages(TRIAGE)


def test_a_bad_model_at_two_in_the_morning(visits: Visits) -> None:
    """Eleven prompts are back after one press; the new one is named, keeps serving, and goes by the second."""
    desk = visits.desk
    desk.save(FAST, name="small", provider="openai")
    for key in PROMPTS[:-1]:
        desk.save(key, "text", model=FAST)
    desk.promote(FAST, *PROMPTS[:-1])
    desk.save(FAST, name="bad", provider="openai")
    for key in PROMPTS:
        desk.save(key, "text", model=FAST, update_pins=True)
    desk.promote(FAST, *PROMPTS)
    path = f"/artifacts/{FAST}"
    answer = press(visits, visits.read(path, by=ON_CALL), f"{path}/roll-back")
    assert [shares(1, None, None)] * 12 == [desk.stages(key) for key in (FAST, *PROMPTS[:-1])]
    assert shares(1, None, None) == desk.stages(PROMPTS[-1])
    page = visits.read(answer.location, by=ON_CALL)
    assert f"Left on, for there is nothing to go back to {PROMPTS[-1]} v1 internal" in page.text
    press(visits, page, OFF)
    assert shares(None, None, None) == desk.stages(PROMPTS[-1])
    assert [shares(1, None, None)] * 12 == [desk.stages(key) for key in (FAST, *PROMPTS[:-1])]


def test_an_undo_that_leaves_nothing_is_pressed_twice(new: Visits) -> None:
    """On the page of the release, from wherever it was pressed; it is for what was shown alone."""
    new.desk.save(REPLY, "Hello.")
    number = new.desk.promote(REPLY)
    path = f"/releases/{number}/undo"
    assert "Undoing it switches off v1 for internal" in new.read(f"/releases/{number}", by=ON_CALL).text
    asked = new.post(path, by=ON_CALL, next="/")
    assert (409, shares(1, None, None)) == (asked.status_code, new.desk.stages(REPLY))
    page = read(asked)
    assert shown(page, "Switch off v1 for internal")
    wrong = new.post(path, by=ON_CALL, off=f"beta/{REPLY}@1")
    assert (409, shares(1, None, None)) == (wrong.status_code, new.desk.stages(REPLY))
    done = new.post(path, by=ON_CALL, **_second(page, path))
    assert ("/", shares(None, None, None)) == (done.location.partition("?")[0], new.desk.stages(REPLY))


def _second(page: Page, action: str) -> dict[str, Any]:
    """Return the form of the question; the button beside the heading has the same address."""
    form = page.forms[action]
    assert form["off"] == f"internal/{REPLY}@1"
    return form


def test_falling_through_is_said_as_what_it_is(visits: Visits) -> None:
    """Who was on internal gets what full has: neither the way nor the notice speaks of switching off."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE)
    desk.rollback(f"{TRIAGE}@1", stages=("internal",), to="none")
    desk.save(TRIAGE, "Be kinder.")
    desk.promote(TRIAGE)
    desk.rollback(f"{TRIAGE}@2")
    desk.clock.forward(hours=1)
    desk.save(TRIAGE, "Be kindest.")
    first = desk.promote(TRIAGE)
    desk.rollback(f"{TRIAGE}@3", to="none")
    assert "switched off" not in visits.read(f"/releases/{first + 1}", by=ADMIN).text.lower()
    text = visits.read(PAGE, by=AUTHOR, did=f"release.{first + 1}").text
    assert "v3 → nothing" in text


def test_a_plan_of_restoring_tells_off_from_nothing(visits: Visits, restored: int) -> None:
    """With everything as it was before the first release, full is off; what has full behind it is not said to be."""
    visits.desk.clock.forward(hours=1)
    text = visits.read("/restore", by=ON_CALL, feature="support", at="2026-03-02T08:00:00", exact="yes").text
    assert 3 == text.count("switched off")
    left = visits.read("/restore", by=ON_CALL, feature="support", at="2026-03-02T08:00:00").text
    assert "somebody would get nothingsupport/triage beta full internal" in left


def test_the_label_counts_what_would_go_off_with_it(visits: Visits) -> None:
    """A first model and the first prompt around it: both are in the words of the button and of the question."""
    visits.desk.save(FAST, name="small", provider="openai")
    visits.desk.save(TRIAGE, "Be kind.", model=FAST)
    number = visits.desk.promote(FAST, TRIAGE)
    page = visits.read(f"/artifacts/{FAST}", by=ON_CALL)
    assert shown(page, "Switch off 2 artifacts for internal")
    asked = read(press(visits, page, f"/artifacts/{FAST}/roll-back"))
    assert shown(asked, "Switch off 2 artifacts for internal")
    assert shown(visits.read(f"/releases/{number}", by=ON_CALL), f"Switch off release {number} (2 artifacts)")
