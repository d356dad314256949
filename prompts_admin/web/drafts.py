"""What somebody is writing: read from the form, looked at as if it were saved, shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from prompts_admin.domain.errors import Problem, ProductError
from prompts_admin.domain.examples import example_values
from prompts_admin.services.previewing import Draft, preview
from prompts_admin.services.saving import Save
from prompts_admin.services.work import Work
from prompts_admin.web import forms

VALUE = "v."
"""What the names of fields begin with that hold the value of a variable for the preview."""


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
    values: Mapping[str, str] | None = None
    content: Mapping[str, Any] | None = None

    def as_save(self) -> Save:
        """Return it as a request to save."""
        return Save(
            self.key,
            text=self.text,
            base=self.base,
            message=self.message,
            renew=self.renew,
            acknowledge=self.acknowledge,
        )


def sent(key: str) -> Writing:
    """Return what the form holds."""
    values = {name.removeprefix(VALUE): forms.text(name) for name in request.form if name.startswith(VALUE)}
    return Writing(
        key,
        text=forms.text("text"),
        base=forms.number(forms.text("base", "0"), "base"),
        message=forms.line("message"),
        renew=forms.several("renew"),
        acknowledge=("secrets",) if forms.ticked("acknowledge") else (),
        values=values or None,
    )


def look_at(work: Work, writing: Writing) -> dict[str, Any]:
    """Return the preview with `variables` as fields: {name, declared, typed}; what cannot be read is told.

    Without values of their own the variables take their examples.
    """
    found = _preview(work, writing, None)
    if found["value"] is None or "variables" not in found["value"]:
        return found | {"variables": [], "rendered": False}
    declared = found["value"]["variables"]
    texts = writing.values if writing.values is not None else _texts(example_values(declared))
    values, problems = _values(declared, texts)
    rendered = _preview(work, writing, values) if not problems else found
    fields = [{"name": n, "declared": d, "typed": texts.get(n, "")} for n, d in declared.items()]
    told = [*(problem.as_json() for problem in problems), *rendered["problems"]]
    return rendered | {"variables": fields, "problems": told, "rendered": not told}


def _preview(work: Work, writing: Writing, values: Mapping[str, Any] | None) -> dict[str, Any]:
    draft = Draft(writing.key, text=writing.text, values=values, renew=writing.renew)
    if writing.content is not None:
        draft = Draft(writing.key, content=writing.content, values=values)
    try:
        return preview(work, draft)
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        problem = {"message": error.detail, "remedy": error.remedy}
        return {"problems": [problem], "warnings": [], "changes": [], "against": None, "value": None}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
    }


def _values(
    declared: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]
) -> tuple[dict[str, Any], list[Problem]]:
    """Read what was typed as the declared types; an empty field is a value that is not given."""
    values: dict[str, Any] = {}
    problems = []
    for name, declaration in declared.items():
        text = texts.get(name, "")
        if not text.strip():
            continue
        if declaration["type"] == "string":
            values[name] = text
            continue
        try:
            values[name] = json.loads(text)
        except ValueError:
            problems.append(
                Problem(f"'{name}' is no {declaration['type']}.", path=f"{VALUE}{name}", remedy=_HOW)
            )
    return values, problems


_HOW = 'Write numbers as they are, lists as ["a", "b"], objects as {"a": 1}.'
