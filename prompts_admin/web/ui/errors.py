"""The page of an error: what went wrong, one next step, and what was typed, so that nothing is lost."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from prompts_admin.domain.errors import ProductError
from prompts_admin.http.app_state import Shell
from prompts_admin.web.ui.actions import can_be_opened, sign_in_address
from prompts_admin.web.ui.forms import text, typed
from prompts_admin.web.ui.remedies import on_page
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

RESENT = ("key", "text", "base", "message", "counter")
TITLES = {
    400: "That request cannot be understood",
    401: "You need to sign in",
    403: "You may not do this",
    404: "There is nothing here",
    405: "That does not work here",
    409: "Something changed in between",
    412: "Somebody was faster",
    413: "That is too large",
    422: "That cannot be taken as it is",
    429: "Too much at once",
    500: "Something went wrong on our side",
    503: "The server cannot do this just now",
}


def install(app: Flask) -> None:
    """Let errors outside the API be answered with a page."""
    here: Shell = app.extensions["prompts_admin"]
    here.error_page = error_page


def error_page(document: dict[str, Any], error: Exception) -> Response:
    """Return the page of an error and its problem document; when the store is away, one that needs no store."""
    status = document["status"]
    remedy = on_page(error) if isinstance(error, ProductError) else document.get("remedy", "")
    context: View = {
        "problem": {"problems": [], **document, "remedy": remedy},
        "heading": TITLES.get(status, document["title"]),
        "kept": _kept(),
        "sign_in": sign_in_address() if status == 401 and can_be_opened() else "/sign-in",
        "again": _sent_again() if status == 401 else {},
    }
    if status < 500:
        try:
            return page("layout/error.html", status=status, **context)
        except ProductError:
            pass
    return make_response(render_template("layout/bare_error.html", **context), status)


def _sent_again() -> dict[str, str]:
    """Return the fields of an editor's form, to be sent again by who has signed in meanwhile."""
    if request.method != "POST" or request.blueprint != "editing":
        return {}
    return {name: text(name) for name in RESENT if name in request.form}


def _kept() -> dict[str, str]:
    """Return the texts that were typed into the form whose sending failed, never a password."""
    if request.method != "POST":
        return {}
    try:
        return {name: value for name, value in typed().items() if value.strip()}
    except HTTPException:
        return {}
