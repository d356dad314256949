"""Explain: what a user would get, or would have got at a time, why, and who decided it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import Problem, ProductError, Refused
from prompts_admin.domain.targeting.contexts import Context, context_from_query
from prompts_admin.schemas.records import Explanation
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.explain import explain_answer
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.forms import Form, moment
from prompts_admin.web.ui.remedies import on_page
from prompts_admin.web.ui.rendering import page

FIELDS = ("key", "user", "groups", "attributes", "at")

group = page_group("explaining")


@group.get("/explain")
def explain() -> Response:
    """Show the form, and with a key in the address the answer to it."""
    form = Form({name: value for name in FIELDS if (value := forms.asked(name))})
    if not form.get("key"):
        look(_allowed)
        return page("explaining/explain.html", form=form, found=None)
    try:
        found = look(explain_answer, form.get("key"), _context(form), at=_at(form))
    except ProductError as error:
        form = _refused(form, error)
        return page("explaining/explain.html", status=error.status, form=form, found=None)
    return page("explaining/explain.html", form=form, found={**found, "sentence": _because(found)})


def _allowed(work: Work) -> None:
    work.require_somewhere("explain")


def _because(found: Explanation) -> str:
    """Return why in one sentence; the steps below tell it rung by rung."""
    if found["version"] is None:
        return "No stage had anything for them, so the caller’s own default counted."
    step = found["steps"][-1]
    if step["outcome"] == "candidate":
        return f"They are among the {step['percentage']:g} % of {found['stage']} who get it."
    return f"It was settled on {found['stage']}, the first stage that had something for them."


def _context(form: Form) -> Context:
    groups = [("group", name) for name in _words(form.get("groups"))]
    user = [("user", form.get("user"))] if form.get("user") else []
    return context_from_query([*user, *groups, *_attributes(form.get("attributes"))])


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of lines like `plan = pro`."""
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if line.strip() and not (equals and name.strip()):
            problem = Problem(
                f"“{line[:80]}” is no attribute.", path="attributes", remedy="Write: plan = pro"
            )
            raise Refused("invalid", problem.message, problem.remedy, (problem,))
        if line.strip():
            yield f"attr.{name.strip()}", value.strip()


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def _at(form: Form) -> Any:
    return moment(form.get("at"), "at") if form.get("at") else None


def _refused(form: Form, error: ProductError) -> Form:
    names = frozenset(request.args)
    return Form(form.typed, error.problems, error.detail, on_page(error), error.status, names)
