"""Readers: which processes serve which revision, and who is behind."""

from __future__ import annotations

from flask import jsonify
from werkzeug.wrappers import Response

from prompts_admin.http.app_state import shell
from prompts_admin.schemas.records import Readers
from prompts_admin.services.serving.readers import list_readers
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.formatting import readers_line
from prompts_admin.web.ui.rendering import page

group = page_group("readers")


@group.get("/readers")
def readers() -> Response:
    """Show the readers that were heard lately, held against the revision of the address or the newest."""
    return page("readers/readers.html", found=_found())


@group.get("/readers/line")
def line() -> Response:
    """Tell how many readers are on a revision, for a page that shows the line already: {line, behind}."""
    found = _found()
    response = jsonify(line=readers_line(found), behind=found["behind"])
    response.headers["Cache-Control"] = "no-store"
    return response


def _found() -> Readers:
    asked = forms.asked("revision")
    revision = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None
    product = shell().product
    return look(list_readers, product.readers, product.live, revision=revision)
