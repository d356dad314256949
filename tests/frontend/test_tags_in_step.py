"""The editor and the server read a template alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from prompts_admin.domain.templates.tags import TemplateError, suspicious, tags
from prompts_admin.domain.templates.template import compile_template
from tests.support.frontend import run

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "template.json").read_text(encoding="utf-8"))
HOSTILE = (
    "{{é}} {{ a }} {{\u00a0a}} {{a\u2028}} {{#if\ta}}x{{ /if\t}}",
    "{{#ifa}} {{/ifé}} {{elsewhere}} {{else}}",
    "{{>support/tone}}{{> support/Tone}}",
    "{{> support/tone@0}} {{> a/b@12}}",
    "{{{{a}}}} {{{#if a}}} {{/if}}",
    "{{" * 50 + "a" + "}}" * 50,
    "{{/if}}{{else}}{{#if a}}",
    "{{#if a}}1{{else}}2{{else}}3{{/if}}",
    "\u202e{{a}}\x00{{b}}\U0001f600{{c}}",
    "{{#if}} {{/if x}} {{ else if }}",
    "{{7*7}} {{''.__class__}} {% for %}",
    f"{{{{{'n' * 63}}}}} {{{{{'n' * 64}}}}}",
    "{{> " + "x" * 205 + "}}",
)


def test_the_editor_finds_the_same_tags_and_slips_as_the_server() -> None:
    """For every published vector and for hostile texts: the same tags, the same first error, the same doubts."""
    texts = [text for vector in VECTORS["vectors"] for text in _texts(vector)] + list(HOSTILE)
    found = run("tags.mjs", texts)
    assert len(texts) == len(found) > 100
    for text, one in zip(texts, found, strict=True):
        error = _error(text)
        assert error == one["error"], text
        assert [shown for _, shown in suspicious(text)] == one["suspicious"], text
        if not error:
            assert [[tag.kind, tag.value] for tag in tags(text) if tag.kind != "text"] == one["tags"], text


def _texts(vector: dict[str, Any]) -> list[str]:
    if "template" in vector:
        return [vector["template"]]
    return [message["content"] for message in vector["messages"] if "content" in message]


def _error(text: str) -> str:
    """Return the error that stands first in the text, as the server words it."""
    try:
        compile_template(text)
    except TemplateError as error:
        return str(error)
    return ""
