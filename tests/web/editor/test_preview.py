"""The preview of a text: rendered by the one engine, with examples, typed values or pasted JSON."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from prompts_admin.domain.content import check_content
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.files.prompt_files import dump_file
from prompts_admin.domain.templates.template import inline
from prompts_admin.sdk.errors import RenderError
from prompts_admin.sdk.testing import FakeClient
from prompts_admin.web.editor.example_values import TrialValues
from prompts_admin.web.editor.form import Writing, look_at
from tests.support.cast import AUTHOR, person
from tests.support.desk import FAST, TRIAGE
from tests.support.visits import HOSTILE, ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "template.json").read_text(encoding="utf-8"))
TEXT = """kind: prompt
variables:
  ticket: {type: string, required: true, example: My invoice is wrong}
  copies: {type: integer, default: 1}
messages:
  - role: user
    content: "{{ticket}} {{copies}}"
"""


def test_preview_and_client_give_equal_bytes_on_every_vector(visits: Visits) -> None:
    """The raw request of the page is what `prompt.request(...)` gives, and both refuse the same values."""
    compared = [_compared(visits, vector) for vector in VECTORS["vectors"]]
    assert compared.count(True) > 60


def test_the_request_holds_the_model_and_its_parameters(visits: Visits) -> None:
    """As the provider gets it: name, parameters and messages."""
    visits.desk.save(FAST, provider="openai", name="small", params={"temperature": 0.2})
    answer = _preview(visits, f"model: {FAST}\n" + TEXT)
    request = json.loads(unescape(answer.text.split('aria-label="Request">')[1].split("</pre>")[0]))
    assert {"model": "small", "temperature": 0.2} == {n: request[n] for n in ("model", "temperature")}
    assert [{"role": "user", "content": "My invoice is wrong 1"}] == request["messages"]


def test_pasted_values_come_before_typed_ones(visits: Visits) -> None:
    """One object from a log, instead of many fields; the examples come back by one button."""
    fields = {"v.ticket": "typed", "pasted": '{"ticket": "pasted", "copies": 7}'}
    assert "pasted 7" in read(_preview(visits, TEXT, **fields)).text
    fields["pasted"] = " "
    assert "typed 1" in read(_preview(visits, TEXT, **fields)).text
    assert "My invoice is wrong 1" in read(_preview(visits, TEXT, action="examples", **fields)).text


def test_a_variable_declared_since_takes_its_example(visits: Visits) -> None:
    """Values that were typed stay, and a new one does not stop the preview."""
    more = TEXT.replace("messages:", "  name: {type: string, required: true, example: Ana}\nmessages:")
    page = read(_preview(visits, more.replace("{{copies}}", "{{copies}} {{name}}"), **{"v.ticket": "Mine"}))
    assert "Mine 1 Ana" in page.text


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("{", "is no JSON"),
        ("[1]", "are no object"),
        ('{"ticket": 1}', "ticket"),
        ('{"tikket": "x"}', "tikket"),
        ("[" * 100_000, "no JSON"),
        (r'{"ticket": "\ud800"}', "no JSON"),
    ],
)
def test_pasted_values_that_do_not_fit_are_told(visits: Visits, pasted: str, says: str) -> None:
    """By name and with what to write; the pasted text is still there."""
    answer = _preview(visits, TEXT, pasted=pasted)
    assert 200 == answer.status_code
    assert says in read(answer).text
    assert pasted[:50] in unescape(answer.text)


def test_values_outlive_a_text_that_cannot_be_read(visits: Visits) -> None:
    """They are sent along unseen, and are there again once the text is mended."""
    answer = _preview(visits, "kind: [", **{"v.ticket": 'say "hi"', "pasted": "{}"})
    assert 'name="v.ticket" value="say &#34;hi&#34;"' in answer.text
    assert 'name="pasted" value="{}"' in answer.text


def test_only_the_preview_is_sent_to_the_page_that_is_there_already(visits: Visits) -> None:
    """A part without head and form; signed out people get none."""
    whole, part = _preview(visits, TEXT), _preview(visits, TEXT, headers={"X-Part": "preview"})
    assert "<html" not in part.text and "<form" not in part.text
    assert "My invoice is wrong 1" in part.text
    assert len(part.text) < len(whole.text) / 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_S26_S28_hostile_values_are_shown_as_text(visits: Visits, hostile: str) -> None:
    """In the messages, in the request and in the fields; nothing is expanded twice."""
    fields = [{"v.ticket": hostile}, {"pasted": json.dumps({"ticket": hostile})}]
    for one in fields:
        answer = _preview(visits, TEXT, **one)
        assert [] == read(answer).active()
        assert "<script>alert" not in answer.text and "<img" not in answer.text
    if hostile.startswith("{{"):
        assert f"{hostile} 1" in read(answer).text


def test_S28_a_template_reaches_nothing_but_its_variables(visits: Visits) -> None:
    """Arithmetic, attributes and loops of other languages stay as they are written."""
    text = TEXT.replace("{{ticket}}", "{{ticket}} {{7*7}} {{''.__class__}} {% for x in y %} {0.__class__}")
    page = read(_preview(visits, text))
    assert "{{7*7}} {{''.__class__}} {% for x in y %} {0.__class__}" in page.text


def _compared(visits: Visits, vector: dict[str, Any]) -> bool:
    messages = vector.get("messages") or [{"role": "user", "content": vector["template"]}]
    if "snippets" in vector:
        messages = [{"role": "user", "content": inline(vector["template"], vector["snippets"])}]
    try:
        content = check_content({"kind": "prompt", "variables": vector["variables"], "messages": messages})
    except Refused:
        return False
    given = TrialValues({}, json.dumps(vector["values"]) if vector["values"] else "{}")
    text = dump_file(content)
    shown = visits.desk.product.look(person(AUTHOR), look_at, Writing(TRIAGE, text, 0, values=given))
    try:
        expected = _client(content).prompt(TRIAGE).request(**vector["values"])
    except RenderError:
        assert not shown["rendered"], vector["name"]
        return True
    if shown["problems"]:  # the preview is strict about values that nobody declared
        assert "not declared" in shown["problems"][0]["message"], vector["name"]
        return False
    assert json.dumps(expected, ensure_ascii=False, indent=2) == shown["request"], vector["name"]
    return True


def _client(content: dict[str, Any]) -> FakeClient:
    value = {name: content[name] for name in ("messages", "variables") if name in content}
    return FakeClient({TRIAGE: value})


def _preview(
    visits: Visits, text: str, *, headers: dict[str, str] | None = None, **fields: Any
) -> TestResponse:
    sent = {"action": "preview", "key": TRIAGE, "text": text, "base": "0", **fields}
    return visits._send("POST", "/new", AUTHOR, data=sent, headers=headers or {})
