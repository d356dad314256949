"""Try what is being written with a model: streamed to the page, or without script as a page of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.services.histories import show_version
from prompts_admin.services.model_endpoint import Attempt, Said
from prompts_admin.services.previewing import Draft
from prompts_admin.services.trying import prepare_try, show_trying
from prompts_admin.services.work import Work
from prompts_admin.shell.asking import asker
from prompts_admin.shell.errors import json_response
from prompts_admin.shell.problems import problem_document
from prompts_admin.shell.requests import request_id
from prompts_admin.shell.state import shell
from prompts_admin.web import forms
from prompts_admin.web.call import look, page_group
from prompts_admin.web.drafts import Writing, look_at, sent
from prompts_admin.web.keys import ARTIFACT, key_of
from prompts_admin.web.rendering import page

EVENTS = "text/event-stream"
SIDES = ("draft", "live")

group = page_group("trying")


def trying_of(writing: Writing) -> dict[str, Any]:
    """Return what the editor says about trying: {on, why_not, models}."""
    return look(show_trying, writing.key)


@group.post(f"{ARTIFACT}/try")
def attempt(feature: str, name: str) -> Response:
    """Ask the model with what was typed, or with what is live; both, one after the other, without script."""
    writing = sent(key_of(feature, name))
    if request.accept_mimetypes.best == EVENTS:
        return _streamed(writing)
    answers = [_whole(writing, side) for side in SIDES]
    return page("trying/answers.html", writing=writing, answers=answers)


def _streamed(writing: Writing) -> Response:
    side = forms.text("side")
    if side not in SIDES:
        side = SIDES[0]
    try:
        said = _ask(writing, side)
    except ProductError as error:
        return json_response(problem_document(error, request_id()), error.status)
    response = Response(_events(said), content_type=f"{EVENTS}; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _whole(writing: Writing, side: str) -> dict[str, Any]:
    """Return {side, text, error, done} of a whole answer."""
    found: dict[str, Any] = {"side": side, "text": "", "error": "", "done": None}
    try:
        for said in _ask(writing, side):
            text = found["text"] + said.get("text", "")
            found |= said | {"text": text}
    except ProductError as error:
        if error.status in (401, 404):
            raise
        found["error"] = str(error)
    return found


def _ask(writing: Writing, side: str) -> Iterator[Said]:
    here = shell()
    here.buckets.take("try", asker().key, per_minute=here.product.settings.tries_per_minute)
    wanted = look(_attempt, writing, side)
    return here.product.endpoint.ask(wanted)


def _attempt(work: Work, writing: Writing, side: str) -> Attempt:
    work.require("save", feature_of(parse_key(writing.key)))
    found = look_at(work, writing)
    draft = Draft(writing.key, text=writing.text, renew=writing.renew)
    if side == "live":
        if not found["against"]:
            raise Refused(
                "not_triable", "Nothing of it can be compared with yet.", "Mend what is typed first."
            )
        content = show_version(work, writing.key, found["against"])["content"]
        found = look_at(work, replace(writing, content=content))
        draft = Draft(writing.key, content=content)
    if not found["value"] or found["problems"]:
        told = " ".join(str(problem["message"]) for problem in found["problems"][:3])
        raise Refused("not_triable", told or "It cannot be rendered.", "Mend that first.")
    return prepare_try(work, draft, found["value"])


def _events(said: Iterator[Said]) -> Iterator[bytes]:
    try:
        for one in said:
            yield b"data: " + json.dumps(one, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"
    finally:
        close = getattr(said, "close", None)
        if close:
            close()
