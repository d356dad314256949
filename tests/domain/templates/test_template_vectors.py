"""The published vectors hold here, as they must in every other language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.domain.templates.rendering import RenderError, render_messages
from prompts_admin.domain.templates.tags import TemplateError
from prompts_admin.domain.templates.template import MissingVariable, inline

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "template.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_published_vector_holds(vector: dict[str, Any]) -> None:
    """Template and values give the text, or the code of the refusal."""
    messages = vector.get("messages") or [{"role": "user", "content": vector["template"]}]
    if "snippets" in vector:
        messages = [{"role": "user", "content": inline(vector["template"], vector["snippets"])}]
    strict = vector.get("strict", False)
    try:
        rendered: Any = render_messages(messages, vector["variables"], vector["values"], strict=strict)
    except (TemplateError, MissingVariable, RenderError) as error:
        assert error.code == vector.get("error")
        return
    assert "error" not in vector
    assert (rendered[0]["content"] if "text" in vector else rendered) == vector.get(
        "text", vector.get("expected")
    )


def test_every_vector_has_a_name_of_its_own() -> None:
    """A failing vector can be spoken of."""
    names = [vector["name"] for vector in VECTORS["vectors"]]
    assert len(set(names)) == len(names) > 100
