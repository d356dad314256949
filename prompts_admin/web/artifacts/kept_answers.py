"""Keep an answer of a model as an example on the page of its version, and hide one."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.services.artifacts.kept_answers import NewExample, hide_example, keep_example
from prompts_admin.web.artifacts.versions import VERSION
from prompts_admin.web.editor.example_values import FIELD
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, page_group
from prompts_admin.web.ui.addresses import key_of

group = page_group("examples")


@group.post(f"{VERSION}/examples")
def keep(feature: str, name: str, number: int) -> Response:
    """Keep an answer, with the values that were used."""
    values = {
        field.removeprefix(FIELD): forms.text(field) for field in request.form if field.startswith(FIELD)
    }
    new = NewExample(
        key=key_of(feature, name),
        number=number,
        model=forms.line("model"),
        answer=forms.text("answer"),
        values=values,
        proof=forms.line("proof"),
    )
    do(keep_example, new)
    return go(f"/artifacts/{new.key}/versions/{number}", "example-kept")


@group.post("/examples/<example_id>/hide")
def hide(example_id: str) -> Response:
    """Hide an example."""
    found = do(hide_example, example_id)
    return go(f"/artifacts/{found['key']}/versions/{found['number']}", "example-hidden")
