"""Drafts as pages and as what an open editor sends: one's own alone, with the rules of every write."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from prompts_admin.store.tables import editors
from tests.support.cast import AUTHOR, LAWYER, PHRASE, SECOND, person
from tests.support.desk import TRIAGE
from tests.support.visits import HOSTILE, ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"
DRAFT = f"/drafts/{TRIAGE}"


@pytest.fixture
def started(visits: Visits) -> Visits:
    """One version."""
    visits.desk.save(TRIAGE, "Be kind.")
    return visits


def test_S01_S03_a_draft_is_taken_from_our_own_pages_as_json_alone(started: Visits) -> None:
    """Nobody signed in: 401 in words for the script; without the token, or from another site: 403; as text: 415."""
    sent = {"typed": "x", "base": 1}
    answer = started.app.test_client().put(DRAFT, json=sent)
    assert (401, "unauthenticated") == (answer.status_code, answer.get_json()["code"])
    browser, token = _signed_in(started)
    for path in (DRAFT, f"{DRAFT}/here", "/drafts/new"):
        assert 403 == browser.put(path, json=sent).status_code
        crossed = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
        assert 403 == browser.put(path, json=sent, headers=crossed).status_code
        plain = browser.put(path, data="{}", content_type="text/plain", headers={"X-CSRF-Token": token})
        assert 415 == plain.status_code
    assert "You have no drafts." in started.read("/drafts").text
    assert 200 == browser.put(DRAFT, json=sent, headers={"X-CSRF-Token": token}).status_code


@pytest.mark.parametrize(
    "sent",
    [
        "[]",
        "{",
        "[" * 100_000,
        "{}",
        '{"base": 1}',
        '{"typed": 1}',
        '{"base": -1}',
        '{"counter": true}',
        '{"tab": null}',
    ],
)
def test_what_is_no_draft_is_refused(started: Visits, sent: str) -> None:
    """With 400, never 500."""
    assert 400 == _put(started, DRAFT, data=sent, content_type="application/json").status_code


def test_F34_a_text_above_the_limit_is_refused_in_words(started: Visits) -> None:
    """With 413 for the script, which keeps it on the machine then; a preview still shows the text."""
    long = "x" * (started.desk.product.settings.max_content_bytes + 1)
    answer = _put(started, DRAFT, json={"typed": long, "base": 1})
    assert 413 == answer.status_code and "A draft holds" in answer.get_json()["detail"]
    kept = started.post(f"{PAGE}/edit", text=long, base=1, action="preview")
    assert "Not kept as your draft: A draft holds" in kept.text and long in kept.text


def test_a_second_page_gets_the_other_text_with_its_refusal(started: Visits) -> None:
    """And the editor shows the draft; asked for afresh it shows the version and that there is a draft."""
    first = _put(started, DRAFT, json={"typed": "from a", "base": 1, "tab": "a"}).get_json()
    again = _put(started, DRAFT, json={"typed": "from b", "base": 1, "tab": "b"})
    assert (409, "from a") == (again.status_code, again.get_json()["draft"]["text"])
    editor = started.get(f"{PAGE}/edit")
    assert "from a" in read(editor).forms[""]["text"]
    assert str(first["counter"]) == read(editor).forms[""]["counter"]
    afresh = started.read(f"{PAGE}/edit?fresh=yes")
    assert "from a" not in afresh.forms[""]["text"] and "0" == afresh.forms[""]["counter"]
    assert "Go on with your draft" in afresh.text
    kept = started.post(f"{PAGE}/edit", text="blind", base=1, action="preview", counter="0")
    assert "Not kept as your draft: You typed something else in another window" in read(kept).text


def test_a_new_artifact_has_its_draft_too(started: Visits) -> None:
    """With the key that was typed; it is gone when it is saved."""
    text = "kind: snippet\ntext: Kind regards\n"
    _put(started, "/drafts/new", json={"typed": text, "name": "support/regards"})
    assert "support/regards" in started.read("/drafts").text
    form = started.read("/new").forms[""]
    assert ("support/regards", text.strip()) == (form["key"], form["text"].strip())
    sent = {name: form[name] for name in ("key", "text", "base", "counter")}
    assert 303 == started.post("/new", action="save", **sent).status_code
    assert "You have no drafts." in started.read("/drafts").text


def test_who_else_is_writing_is_told_for_a_minute(started: Visits) -> None:
    """To those who may read the artifact; not to the one who writes, and not any more after a minute."""
    _put(started, f"{DRAFT}/here", json={}, by=SECOND)
    started.desk.clock.forward(seconds=50)
    told = _put(started, f"{DRAFT}/here", json={}).get_json()["others"]
    assert ["Pm2 is editing this too, just now."] == told
    assert "Pm2 is editing this too" in started.read(f"{PAGE}/edit").text
    started.desk.clock.forward(seconds=11)
    assert [] == _put(started, f"{DRAFT}/here", json={}).get_json()["others"]
    assert 403 == _put(started, f"{DRAFT}/here", json={}, by=LAWYER).status_code


def test_nobody_is_writing_what_does_not_exist(started: Visits) -> None:
    """A key that was made up is not found, and leaves nothing in the store."""
    for key in ("support/made-up", "made-up/too"):
        assert 404 == _put(started, f"/drafts/{key}/here", json={}).status_code
    with started.desk.product.store.read() as uow:
        assert 0 == uow.connection.scalar(sa.select(sa.func.count()).select_from(editors))


def test_S26_hostile_drafts_are_text(started: Visits) -> None:
    """On the list, in the editor and on the artifact's page."""
    for text in HOSTILE:
        counter = int(read(started.get(f"{PAGE}/edit")).forms[""]["counter"])
        sent = {"typed": text, "base": 1, "message": text, "counter": counter}
        assert 200 == _put(started, DRAFT, json=sent).status_code
        for path in ("/drafts", f"{PAGE}/edit", PAGE):
            answer = started.get(path)
            assert 200 == answer.status_code and [] == read(answer).active(), path


def test_dropping_is_for_ones_own_and_can_be_undone(started: Visits) -> None:
    """Somebody else's drop finds nothing."""
    _put(started, DRAFT, json={"typed": "mine", "base": 1})
    assert 404 == started.post("/drafts/drop", by=SECOND, draft=TRIAGE).status_code
    assert 303 == started.post("/drafts/drop", draft=TRIAGE).status_code
    assert "dropped" in started.read("/drafts").text
    answer = started.post("/drafts/put-back", draft=TRIAGE)
    assert f"{PAGE}/edit?did=draft-back" == answer.location
    assert "mine" in started.read(answer.location).forms[""]["text"]


def _put(visits: Visits, path: str, *, by: str = AUTHOR, **more: Any) -> TestResponse:
    client: FlaskClient = visits.app.test_client(use_cookies=False)
    environ = {"prompts_admin.identity": person(by, via="web")}
    return client.put(path, environ_overrides=environ, **more)


def _signed_in(visits: Visits) -> tuple[FlaskClient, str]:
    browser = visits.app.test_client()
    assert 303 == browser.post("/sign-in", data={"email": AUTHOR, "password": PHRASE}).status_code
    return browser, read(browser.get("/")).forms["/sign-out"]["csrf_token"]
