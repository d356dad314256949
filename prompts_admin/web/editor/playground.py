"""Try what is being written with a model: streamed to the page, or without script as a page of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TypedDict

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Refused, Unavailable
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.http.app_state import shell
from prompts_admin.http.error_pages import json_response
from prompts_admin.http.problem_documents import problem_document
from prompts_admin.http.request_log import request_id
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.kept_answers import NewExample, proof_of
from prompts_admin.services.artifacts.preview import Draft
from prompts_admin.services.core.work import Work
from prompts_admin.services.playground.model_endpoint import Attempt, Said
from prompts_admin.services.playground.model_trial import Trying, prepare_try, show_trying
from prompts_admin.settings.table import Settings
from prompts_admin.web.editor.form import Writing, look_at, sent
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, key_of
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

EVENTS = "text/event-stream"
WAITING = b": waiting\n\n"
"""A comment: without anything to write, a page that was closed is not noticed."""
SIDES = ("draft", "live")

group = page_group("trying")


class About(TypedDict):
    """The version that is asked about (None: none yet), and the values."""

    of: int | None
    values: dict[str, str]


def trying_of(writing: Writing) -> Trying:
    """Return what the editor says about trying."""
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
        about, said = _ask(writing, side)
    except ProductError as error:
        return json_response(problem_document(error, request_id()), error.status)
    response = Response(_events(about, said), content_type=f"{EVENTS}; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _whole(writing: Writing, side: str) -> View:
    """Return {side, of, values, text, error, done} of a whole answer."""
    found: View = {"side": side, "of": None, "values": {}, "text": "", "error": "", "done": None}
    try:
        about, pieces = _ask(writing, side)
        found |= about
        for said in pieces:
            text = found["text"] + said.get("text", "")
            found |= said | {"text": text}
    except ProductError as error:
        if error.status in (401, 404):
            raise
        found["error"] = str(error)
    return found


def _ask(writing: Writing, side: str) -> tuple[About, Iterator[Said]]:
    """Return what is asked about, and the answer."""
    wanted, about = look(_attempt, writing, side)
    product = shell().product
    return about, _proven(product.settings, writing.key, about, product.endpoint.ask(wanted))


def _attempt(work: Work, writing: Writing, side: str) -> tuple[Attempt, About]:
    work.require("save", feature_of(parse_key(writing.key)))
    shell().buckets.take("try", _who(work), per_minute=work.settings.tries_per_minute)
    found = look_at(work, writing)
    draft = Draft(writing.key, text=writing.text, renew=writing.renew)
    number = _number(work, writing)
    if side == "live":
        number = found["against"]
        if not number:
            raise Refused(
                "not_triable", "Nothing of it can be compared with yet.", "Mend what is typed first."
            )
        content = show_version(work, writing.key, number)["content"]
        found = look_at(work, replace(writing, content=content))
        draft = Draft(writing.key, content=content)
    if not found["value"] or found["problems"]:
        told = " ".join(str(problem["message"]) for problem in found["problems"][:3])
        raise Refused("not_triable", told or "It cannot be rendered.", "Mend that first.")
    values = {field["name"]: field["typed"] for field in found["variables"]}
    return prepare_try(work, draft, found["value"]), {"of": number, "values": values}


def _who(work: Work) -> str:
    """Return what tries are counted by: a person has one number of them, in however many browsers."""
    token = work.actor.token
    return f"token {token.id}" if token else f"person {work.actor.label}"


def _number(work: Work, writing: Writing) -> int | None:
    """Return the version that the text is, unchanged; None for one that was not saved."""
    if not writing.base or writing.renew:
        return None
    saved = show_version(work, writing.key, writing.base)["text"]
    return writing.base if saved.strip() == writing.text.strip() else None


def _proven(settings: Settings, key: str, about: About, said: Iterator[Said]) -> Iterator[Said]:
    """Yield what is said, the figures at the end with a `proof` that this is the answer; "" for none to keep."""
    answer, is_whole = "", True
    try:
        for one in said:
            answer += one.get("text", "")
            is_whole = is_whole and "error" not in one
            if "done" in one:
                model, proof = one["done"]["model"], ""
                if is_whole and about["of"]:
                    new = NewExample(
                        key=key, number=about["of"], model=model, answer=answer, values=about["values"]
                    )
                    proof = _proof(settings, new)
                one = {"done": {**one["done"], "proof": proof}}
            yield one
    finally:
        getattr(said, "close", lambda: None)()


def _proof(settings: Settings, new: NewExample) -> str:
    """Return the proof of an example, "" while the server's key cannot be used."""
    try:
        return proof_of(settings, new)
    except Unavailable:
        return ""


def _events(about: About, said: Iterator[Said]) -> Iterator[bytes]:
    try:
        yield _event(about)
        for one in said:
            yield _event(one) if one else WAITING
    finally:
        close = getattr(said, "close", None)
        if close:
            close()


def _event(document: About | Said) -> bytes:
    return b"data: " + json.dumps(document, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"
