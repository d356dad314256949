"""What somebody is writing: read from the form, looked at as if it were saved, shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from prompts_admin.domain.errors import Problem, ProductError
from prompts_admin.domain.json_object import Content, Json
from prompts_admin.domain.templates.chat import chat_request
from prompts_admin.schemas.artifacts import Preview
from prompts_admin.schemas.base import problem_document
from prompts_admin.services.artifacts.preview import Draft, Fill, preview
from prompts_admin.services.artifacts.save import Save
from prompts_admin.services.core.work import Work
from prompts_admin.web.editor.example_values import (
    FIELD,
    PASTED,
    ShownField,
    TrialValues,
    shown_fields,
    trial_values,
)
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.remedies import on_page

NO_VALUES = TrialValues({})


@dataclass(frozen=True)
class Writing:
    """A text under way: what it was made from, what shall be renewed, and values to try it with.

    With `content` it is that of a version, whatever the text says.
    """

    key: str
    text: str
    base: int
    message: str = ""
    renew: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    values: TrialValues = NO_VALUES
    content: Content | None = None
    makes_feature: bool = False

    def as_save(self) -> Save:
        """Return it as a request to save."""
        return Save(
            self.key,
            text=self.text,
            base=self.base,
            message=self.message,
            renew=self.renew,
            acknowledge=self.acknowledge,
            may_make_feature=self.makes_feature,
        )


def sent(key: str) -> Writing:
    """Return what the form holds."""
    typed = {name.removeprefix(FIELD): forms.text(name) for name in request.form if name.startswith(FIELD)}
    wants_examples = forms.text("action") == "examples"
    return Writing(
        key,
        text=forms.text("text"),
        base=forms.number(forms.text("base", "0"), "base"),
        message=forms.line("message"),
        renew=forms.several("renew"),
        acknowledge=("secrets",) if forms.ticked("acknowledge") else (),
        makes_feature=forms.ticked("make_feature"),
        values=NO_VALUES if wants_examples else TrialValues(typed, forms.text(PASTED)),
    )


class Shown(Preview):
    """A preview with its variables as fields, and the request of a client as JSON where it could be made."""

    variables: list[ShownField]
    rendered: bool
    request: str


def look_at(work: Work, writing: Writing) -> Shown:
    """Return the preview with `variables` as fields, and `request` as JSON; what cannot be read is told."""
    problems: list[Problem] = []

    def fill(declared: Mapping[str, Any]) -> Mapping[str, Any] | None:
        values, wrong = trial_values(declared, writing.values)
        problems.extend(wrong)
        return None if wrong else values

    found = _preview(work, writing, fill)
    if found["value"] is None or "variables" not in found["value"]:
        return {**found, "variables": [], "rendered": False, "request": ""}
    told = [*(problem_document(problem) for problem in problems), *found["problems"]]
    fields = shown_fields(found["value"]["variables"], writing.values)
    raw = "" if told else _request(writing.key, found["value"])
    return {**found, "variables": fields, "problems": told, "rendered": not told, "request": raw}


def _request(key: str, value: Json) -> str:
    """Return what `prompt.request(...)` of the client gives for these values."""
    if "messages" not in value:
        return ""
    return json.dumps(chat_request(key, value, value["messages"]), ensure_ascii=False, indent=2)


def _preview(work: Work, writing: Writing, fill: Fill) -> Preview:
    draft = Draft(writing.key, text=writing.text, renew=writing.renew)
    if writing.content is not None:
        draft = Draft(writing.key, content=writing.content)
    try:
        return preview(work, draft, fill)
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        return {
            "ok": False,
            "problems": [{"message": error.detail, "remedy": on_page(error)}],
            "warnings": [],
            "changes": [],
            "against": None,
            "value": None,
        }
