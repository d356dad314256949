"""Trying a prompt from its editor: streamed for the script, a page without it, refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.cast import AUTHOR, LAWYER, PHRASE, SECOND, person
from tests.support.desk import FAST, TRIAGE
from tests.support.model_server import KEY, ModelServer, model_server
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"
TEXT = (
    "kind: prompt\nmodel: {model}\nvariables:\n  ticket: {{type: string, required: true, example: Late}}\n"
    'messages:\n  - role: user\n    content: "Route: {{{{ticket}}}}"\n'
)


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """An endpoint on this machine."""
    with model_server() as found:
        yield found


@pytest.fixture
def tried(visits: Visits, models: ModelServer) -> Visits:
    """A prompt that is live with the model `good`, and an endpoint to try it with."""
    visits.desk.save(FAST, provider="openai", name="good")
    visits.desk.save(TRIAGE, "Be kind.", model=FAST)
    visits.desk.climb(FAST, TRIAGE)
    product = visits.desk.product
    product.settings = replace(product.settings, try_url=models.url, try_key=KEY)
    product.endpoint = type(product.endpoint)(product.settings)
    return visits


def test_without_an_endpoint_nothing_is_offered(visits: Visits) -> None:
    """Off by default, by page and by hand."""
    visits.desk.save(TRIAGE, "Be kind.")
    assert "Try it" not in visits.read(f"{PAGE}/edit").text
    text = visits.read(f"{PAGE}/edit").forms[""]["text"]
    answer = visits.post(f"{PAGE}/try", text=text, base=1)
    assert "No model endpoint is set up." in read(answer).text


def test_both_sides_are_answered_on_a_page_without_script(tried: Visits, models: ModelServer) -> None:
    """What is live beside what was typed, with the values; and the way back has the text."""
    assert "Try it with the model" in tried.read(f"{PAGE}/edit").text
    sent = {"text": TEXT.format(model=FAST), "base": 1, "v.ticket": "Where is it?"}
    answers = tried.post(f"{PAGE}/try", action="try", **sent)
    page = read(answers)
    assert "Routed ä." in page.text and 2 == page.text.count("11 tokens in, 4 out")
    assert ["Route: Where is it?", "Be kind."] == [asked["messages"][0]["content"] for asked in models.asked]
    assert sent["text"].strip() == page.forms[f"{PAGE}/edit"]["text"].strip()
    assert "Where is it?" == page.forms[f"{PAGE}/edit"]["v.ticket"]


def test_the_script_gets_a_stream(tried: Visits) -> None:
    """Pieces as they come, then the figures; the key is nowhere."""
    answer = _stream(tried, TEXT.format(model=FAST))
    assert "text/event-stream; charset=utf-8" == answer.headers["Content-Type"]
    said = [json.loads(line.removeprefix("data: ")) for line in answer.text.strip().split("\n\n")]
    assert "Routed ä." == "".join(one.get("text", "") for one in said)
    assert 11 == said[-1]["done"]["tokens_in"] and KEY not in answer.text


def test_while_the_model_is_silent_the_page_gets_comments(tried: Visits, models: ModelServer) -> None:
    """What is asked about comes at once; then something every second, so that a closed page is noticed."""
    models.behaves = "drips-its-head"
    product = tried.desk.product
    product.endpoint = type(product.endpoint)(replace(product.settings, try_seconds=1.5))
    head, waiting, *_ = _stream(tried, TEXT.format(model=FAST)).text.split("\n\n")
    assert (True, ": waiting") == ("values" in json.loads(head.removeprefix("data: ")), waiting)


def test_S53_tries_are_limited_and_what_is_wrong_is_said(tried: Visits) -> None:
    """By person and minute; a text that cannot be rendered is not sent; a viewer sends nothing."""
    broken = _stream(tried, "kind: prompt\nmessages: [")
    assert (409, "not_triable") == (broken.status_code, broken.get_json()["code"])
    assert 403 == _stream(tried, TEXT.format(model=FAST), by=LAWYER).status_code
    product = tried.desk.product
    product.settings = replace(product.settings, tries_per_minute=1)
    codes = [_stream(tried, TEXT.format(model=FAST)).status_code for _ in range(3)]
    assert 429 in codes


def _stream(visits: Visits, text: str, *, by: str = AUTHOR, **more: Any) -> TestResponse:
    client: FlaskClient = visits.app.test_client(use_cookies=False)
    environ = {"prompts_admin.identity": person(by, via="web")}
    data = {"text": text, "base": "1", "side": "draft", **more}
    headers = {"Accept": "text/event-stream"}
    return client.post(f"{PAGE}/try", data=data, headers=headers, environ_overrides=environ)


def test_S53_tries_are_counted_by_person(tried: Visits) -> None:
    """Another browser of the same person has none of its own; somebody else has."""
    product = tried.desk.product
    product.settings = replace(product.settings, tries_per_minute=1)
    codes = []
    for email in (AUTHOR, AUTHOR, SECOND):
        browser = tried.app.test_client()
        browser.post("/sign-in", data={"email": email, "password": PHRASE})
        data = {"text": TEXT.format(model=FAST), "base": "1", "side": "draft"}
        headers = {"Accept": "text/event-stream", "Sec-Fetch-Site": "same-origin"}
        codes.append(browser.post(f"{PAGE}/try", data=data, headers=headers).status_code)
    assert [200, 429, 200] == codes


def test_an_answer_is_kept_as_an_example_of_its_version(tried: Visits) -> None:
    """From the page of the answers to that of the version, where it can be hidden."""
    sent = {"text": TEXT.format(model=FAST), "base": 1}
    kept = f"{PAGE}/versions/1/examples"
    form = read(tried.post(f"{PAGE}/try", action="try", **sent)).forms[kept]
    fields = {name: form[name] for name in ("model", "answer", "proof")}
    assert 422 == tried.post(kept, **(fields | {"answer": "Made up."})).status_code
    answer = tried.post(kept, **fields)
    page = tried.read(answer.location)
    assert "Kept as an example." in page.text and "Routed ä." in page.text
    hide = next(address for address in page.forms if address.endswith("/hide"))
    assert "Routed" not in tried.read(tried.post(hide).location).text
