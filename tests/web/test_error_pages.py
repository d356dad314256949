"""Errors on pages: a sentence, one next step, and everything that was typed."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.services.product import Product
from tests.support.cast import ADMIN, AUTHOR, PHRASE
from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

EDIT = "/artifacts/support/triage/edit"


def test_an_address_that_leads_nowhere_says_so(visits: Visits) -> None:
    """404 with a way back; the browser's title says that it is an error."""
    page = visits.read("/nothing", status=404)
    assert "There is nothing here" in page.text
    assert "/" in page.links()
    assert page.text.startswith("Error: ")


def test_a_wrong_key_leads_to_the_one_that_was_meant(visits: Visits) -> None:
    """And hints on pages are no commands."""
    visits.desk.save(TRIAGE, "Be kind.")
    page = visits.read("/artifacts/support/triag", status=404)
    assert f"Did you mean '{TRIAGE}'?" in page.text and f"/artifacts/{TRIAGE}" in page.links()
    assert "prompts-admin status" not in page.text
    assert "Look for it on the overview." in visits.read("/releases/999", status=404).text


def test_who_could_do_it_is_named(visits: Visits) -> None:
    """People are the administrators' page: the refusal names them."""
    assert f"Administrators can: {ADMIN}" in visits.read("/people", status=403).text


def test_what_was_typed_survives_the_end_of_a_session(visits: Visits) -> None:
    """401 for a form sent after signing out: the text is on the page, the password and tokens are not."""
    fields = {"text": "my long text", "message": "why", "password": "hidden-one", "once": "hidden-two"}
    answer = visits.app.test_client().post(EDIT, data=fields)
    assert 401 == answer.status_code
    assert "my long text" in answer.text and "why" in answer.text
    assert "hidden-one" not in answer.text and "hidden-two" not in answer.text


def test_S01_a_forged_form_is_refused_and_what_was_typed_comes_back(visits: Visits) -> None:
    """403 for another site's request, and for one without the token of the session."""
    browser = visits.app.test_client()
    browser.post("/sign-in", data={"email": AUTHOR, "password": PHRASE})
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = browser.post("/new", data={"text": "my text", "csrf_token": "wrong"}, headers=headers)
        assert 403 == answer.status_code
        assert "my text" in answer.text
    token = next(iter(read(browser.get("/new")).forms.values()))["csrf_token"]
    assert 200 == browser.post("/new", data={"text": "x", "base": "0", "csrf_token": token}).status_code


def test_S58_a_field_that_came_twice_is_refused(visits: Visits) -> None:
    """Two readers could believe different ones."""
    visits.desk.save("support/triage", "Be kind.")
    assert 400 == visits.post("/artifacts/support/triage/copy", new_key=["a/b", "c/d"]).status_code
    assert 400 == visits.get("/?q=a&q=b").status_code


def test_F11_pages_stay_readable_when_nothing_can_be_written(
    visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with the reason and what was typed; reading goes on."""

    def refuse(*_: object, **__: object) -> None:
        raise Unavailable("read_only", "The database cannot be written just now.", "Try again later.")

    monkeypatch.setattr(Product, "do", refuse)
    answer = visits.post("/new", action="save", key="support/triage", text="my long text", base="0")
    assert 503 == answer.status_code
    assert "cannot be written" in answer.text and "my long text" in answer.text
    assert "Retry-After" in answer.headers
    assert 200 == visits.get("/").status_code


def test_S51_a_page_without_a_store_still_answers(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours: an id for the administrator, no trace, what was typed; no store is asked."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Product, "look", fail)
    monkeypatch.setattr(Product, "do", fail)
    answer = visits.post("/new", text="my long text", base="0")
    assert 500 == answer.status_code
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "my long text" in answer.text


@pytest.mark.parametrize(
    "value", ["saved.x", "saved", "saved.1.2.3", "nothing.1", "release.99", "release.x", ".", "saved.٣"]
)
def test_a_notice_says_nothing_of_its_own(visits: Visits, value: str) -> None:
    """The address names a sentence of ours and numbers; anything else is silence."""
    page = visits.read("/", did=value)
    assert not [name for name, attributes in page.elements if attributes.get("role") == "status"]
