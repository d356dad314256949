"""Rendering a template with what every page needs: who is signed in, the notice, tokens for forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app, make_response, render_template
from jinja2 import FileSystemLoader, StrictUndefined

from prompts_admin.domain.people.permissions import readable_features
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.http.cookies import csrf_token
from prompts_admin.http.problem_documents import RETRY_SECONDS
from prompts_admin.http.security_headers import style_nonce
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.initial_setup import DEMO_PEOPLE
from prompts_admin.web.ui import diff_view, formatting
from prompts_admin.web.ui.actions import look, new_once, present_page
from prompts_admin.web.ui.assets import asset, editor
from prompts_admin.web.ui.notices import Notice, notice
from prompts_admin.web.ui.view import View
from prompts_admin.web.ui.waiting_counts import WaitingCounts

_COUNTS = "prompts_admin.web.ui.waiting_counts"


def install(app: Flask) -> None:
    """Set up the templates: a name that does not exist is an error, everything printed is escaped."""
    app.jinja_loader = FileSystemLoader(Path(__file__).parents[1] / "templates")
    app.extensions[_COUNTS] = WaitingCounts()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formatting.FILTERS)
    app.jinja_env.filters.update(diff_view.FILTERS)
    app.jinja_env.globals.update(asset=asset, editor=editor, style_nonce=style_nonce)
    app.jinja_env.globals.update(once=new_once, csrf=_csrf, present_page=present_page)


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page for whoever asks."""
    me, told = look(_surroundings)
    now = shell().product.store.clock()
    response = make_response(render_template(template, me=me, notice=told, now=now, **context), status)
    if status in (429, 503):
        form = context.get("form")
        response.headers["Retry-After"] = str((form and form.retry_after) or RETRY_SECONDS)
    return response


def _surroundings(work: Work) -> tuple[View, Notice | None]:
    actor = work.actor
    me = {
        "email": actor.email,
        "name": actor.name,
        "label": actor.label,
        "signed_in": not actor.is_anonymous,
        "admin": work.may("manage_people"),
        "roles": sorted({role for role, _ in actor.grants}),
        "features": readable_features(actor),
        "waiting": 0 if actor.is_anonymous else _counts().of(work),
        "demo": work.head.demo,
        "people": DEMO_PEOPLE if work.head.demo else (),
    }
    return me, notice(work) if not actor.is_anonymous else _anonymous_notice(work)


def _counts() -> WaitingCounts:
    return cast("WaitingCounts", current_app.extensions[_COUNTS])


def _anonymous_notice(work: Work) -> Notice | None:
    found = notice(work)
    return found if found and found.release is None else None


def _csrf() -> str:
    secret = asker().secret
    return csrf_token(secret) if secret else ""
