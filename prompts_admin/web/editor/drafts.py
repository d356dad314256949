"""One's drafts: the list, dropping and putting back, and what an open editor sends while one types."""

from __future__ import annotations

import json
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.content.drafts import NEW, Typed
from prompts_admin.domain.errors import Conflict, Usage
from prompts_admin.domain.json_object import Json
from prompts_admin.http.error_pages import json_response
from prompts_admin.services.artifacts import drafts
from prompts_admin.services.artifacts.presence import come_to_write
from prompts_admin.services.core.work import Work
from prompts_admin.web.editor.presence import sentences
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import go, look, page_group
from prompts_admin.web.ui.addresses import address_of, key_of
from prompts_admin.web.ui.one_time_answers import do_unkept
from prompts_admin.web.ui.rendering import page

MOST = {"base": 999_999_999, "counter": 2**53}
FIELDS: dict[str, type] = {"typed": str, "base": int, "name": str, "message": str, "tab": str, "counter": int}

group = page_group("own_drafts")


@group.get("/drafts")
def listed() -> Response:
    """List the drafts of whoever asks."""
    return page("drafts/list.html", drafts=look(drafts.list_drafts)["items"])


@group.put("/drafts/new")
def keeping_new() -> Response:
    """Keep what is typed for an artifact that was never saved."""
    return _keep(NEW)


@group.put("/drafts/<feature>/<name>")
def keeping(feature: str, name: str) -> Response:
    """Keep what is typed, and tell who else is writing."""
    return _keep(key_of(feature, name))


@group.put("/drafts/<feature>/<name>/here")
def being_here(feature: str, name: str) -> Response:
    """Note that the editor is open, and tell who else is writing and what the draft's counter is."""
    _body()
    return json_response(do_unkept(_here, key_of(feature, name)))


@group.post("/drafts/drop")
def drop() -> Response:
    """Drop a draft."""
    key = forms.line("draft")
    do_unkept(drafts.drop_draft, key)
    return go(_editor_of(key) if forms.text("text") else "/drafts", "draft-dropped")


@group.post("/drafts/put-back")
def put_back() -> Response:
    """Put a dropped draft back."""
    key = forms.line("draft")
    do_unkept(drafts.put_back_draft, key)
    return go(_editor_of(key), "draft-back")


def _keep(key: str) -> Response:
    sent = _body()
    if "typed" not in sent:
        raise Usage("malformed", "'typed' is missing.", "Open the page again.")
    try:
        return json_response(do_unkept(_kept, Typed(key, **sent)))
    except Conflict as error:
        if error.code != "draft_elsewhere":
            raise
        return json_response({"code": error.code, "detail": error.detail, **error.members}, error.status)


def _kept(work: Work, sent: Typed) -> Json:
    return {**drafts.keep_draft(work, sent), **_around(work, sent.key)}


def _here(work: Work, key: str) -> Json:
    found = drafts.find_draft(work, key)
    known = found["counter"] if found and not found["dropped_at"] else 0
    return {"counter": known, **_around(work, key)}


def _around(work: Work, key: str) -> Json:
    return {"others": sentences(work, come_to_write(work, key))}


def _body() -> Json:
    """Return the fields that a script sent; unknown ones are left out. Raises Usage."""
    if request.mimetype != "application/json":
        raise Usage("unsupported_media_type", "This takes JSON.", "Send Content-Type: application/json.")
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Usage("malformed", "This is not JSON.", "Open the page again.") from None
    if not isinstance(sent, dict):
        raise Usage("malformed", "This is no JSON object.", "Open the page again.")
    return {name: _field(sent[name], name, kind) for name, kind in FIELDS.items() if name in sent}


def _field(value: Any, name: str, kind: type) -> Any:
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value <= MOST[name]):
        raise Usage("malformed", f"'{name}' is of another type.", "Open the page again.")
    return value


def _editor_of(key: str) -> str:
    return "/new" if key == NEW else f"{address_of(key)}/edit"
