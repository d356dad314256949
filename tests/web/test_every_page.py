"""What holds for every page, those of tomorrow too: each route of the application is tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from prompts_admin.store.tables import metadata
from tests.support.cast import AUTHOR, PHRASE
from tests.support.desk import FAST, OTHER, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

OPEN = frozenset({"entry.sign_in", "entry.setup", "entry.link", "static"})
"""Pages that people reach without a session."""
SAMPLES: dict[str, Any] = {
    "feature": "support",
    "name": "triage",
    "number": 1,
    "email": AUTHOR,
    "scope": "support",
    "stage": "beta",
    "secret": "nothing",
    "session_id": "nothing",
    "token_id": "nothing",
    "digest": "0",
    "example_id": "nothing",
}


@pytest.fixture
def filled(visits: Visits) -> Visits:
    """Artifacts, releases and what waits, so that pages have something to show."""
    visits.desk.save(FAST, provider="openai", name="small")
    visits.desk.save(TRIAGE, "Be kind.", model=FAST)
    visits.desk.save(OTHER, "Dear all,")
    visits.desk.climb(TRIAGE, up_to="internal")
    visits.desk.propose(TRIAGE, to="beta")
    return visits


def test_S17_nobody_gets_in_without_a_session(filled: Visits) -> None:
    """Reading leads to the door, writing is refused; only the door itself is open."""
    for endpoint, path in _paths(filled.app, "GET"):
        answer = filled.app.test_client().get(path)
        if endpoint in OPEN:
            assert answer.status_code in (200, 404), path
        else:
            assert (303, True) == (answer.status_code, answer.location.startswith("/sign-in")), path
    for endpoint, path in _paths(filled.app, "POST"):
        if not endpoint.startswith("entry."):
            assert 401 == filled.app.test_client().post(path).status_code, path


def test_S01_every_form_needs_the_token_of_its_session(filled: Visits) -> None:
    """Without it, with a wrong one, with somebody else's, and from another site: 403, and nothing changes."""
    mine, theirs = _signed_in(filled), _signed_in(filled)
    token = _token(theirs)
    before = _dump(filled)
    for _, path in _paths(filled.app, "POST"):
        for sent in ({}, {"csrf_token": "wrong"}, {"csrf_token": token}):
            assert 403 == mine.post(path, data=sent).status_code, path
        crossed = mine.post(path, data={"csrf_token": _token(mine)}, headers={"Sec-Fetch-Site": "cross-site"})
        assert 403 == crossed.status_code, path
    assert before == _dump(filled)


def test_S02_looking_changes_nothing(filled: Visits) -> None:
    """Every page, by GET and by HEAD: the store is the same afterwards."""
    browser = _signed_in(filled)
    before = _dump(filled)
    for _, path in _paths(filled.app, "GET"):
        assert browser.get(path).status_code < 500, path
        assert browser.head(path).status_code < 500, path
    assert before == _dump(filled)


def test_S39_S46_every_answer_is_private_and_runs_nothing_of_its_own(filled: Visits) -> None:
    """A strict policy for content, no keeping, and no inline script or style on any page."""
    browser = _signed_in(filled)
    for endpoint, path in _paths(filled.app, "GET"):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, path
        if endpoint != "static":
            assert "no-store" == answer.headers["Cache-Control"], path
            assert "Cookie" in answer.headers["Vary"], path
        if answer.mimetype == "text/html":
            assert [] == read(answer).active(), path


def test_every_page_has_its_name_its_language_and_one_heading(filled: Visits) -> None:
    """What screen readers and browser tabs say; labels belong to fields that exist."""
    browser = _signed_in(filled)
    for _, path in _paths(filled.app, "GET"):
        answer = browser.get(path)
        if answer.mimetype != "text/html" or answer.status_code >= 300:
            continue
        elements = read(answer).elements
        assert ("html", {"lang": "en"}) in elements, path
        assert 1 == [name for name, _ in elements].count("h1"), path
        assert " · prompts-admin</title>" in answer.text, path
        ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
        assert len(ids) == len(set(ids)), (path, sorted({name for name in ids if ids.count(name) > 1}))
        labelled = {
            attributes["for"] for name, attributes in elements if name == "label" and "for" in attributes
        }
        assert labelled <= set(ids), (path, labelled - set(ids))


def test_the_style_and_the_script_may_be_kept_for_ever(visits: Visits) -> None:
    """Their address changes with their content; another digest or name is nothing."""
    page = visits.read("/")
    style = next(
        attributes["href"] for name, attributes in page.elements if attributes.get("rel") == "stylesheet"
    )
    answer = visits.app.test_client().get(style)
    assert "text/css; charset=utf-8" == answer.headers["Content-Type"]
    assert "immutable" in answer.headers["Cache-Control"]
    for wrong in ("/static/000000000000/style.css", "/static/x/../assets.py", "/static/x/tokens.css"):
        assert 404 == visits.app.test_client().get(wrong).status_code


def _paths(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, address) of every page; a parameter that nobody thought of fails here."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not rule.rule.startswith(
            ("/api/", "/healthz", "/readyz", "/metrics")
        ):
            values = {name: SAMPLES[name] for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


def _signed_in(visits: Visits) -> FlaskClient:
    browser = visits.app.test_client()
    assert 303 == browser.post("/sign-in", data={"email": AUTHOR, "password": PHRASE}).status_code
    return browser


def _token(browser: FlaskClient) -> str:
    return read(browser.get("/")).forms["/sign-out"]["csrf_token"]


def _dump(visits: Visits) -> dict[str, list[Any]]:
    """Return every row but the last use of sessions."""
    tables = [table for table in metadata.sorted_tables if table.name != "sessions"]
    with visits.desk.product.store.read() as uow:
        return {table.name: sorted(map(repr, uow.connection.execute(sa.select(table)))) for table in tables}
