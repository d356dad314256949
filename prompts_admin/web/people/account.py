"""One's own password and sessions."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import NotPermitted, ProductError
from prompts_admin.domain.people.identity import BySession
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.services.people import sessions
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page

group = page_group("account")


@group.get("/account")
def account() -> Response:
    """Show the sessions of whoever asks, and the form for a new password."""
    return _page(Form())


@group.post("/account/password")
def change_password() -> Response:
    """Replace the password; every other session ends."""
    here = shell()
    try:
        here.entrance.change_password(
            _session(),
            forms.text("old"),
            forms.text("password"),
            address=request.remote_addr or "",
            now=here.product.store.clock(),
        )
    except ProductError as error:
        return _page(forms.refused(error))
    return go("/account", "password-changed")


@group.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End one session."""
    do(sessions.end_session, session_id)
    return go("/account", "session-ended")


@group.post("/account/sessions/end")
def end_others() -> Response:
    """End every session but this one."""
    ended = do(sessions.end_all_sessions, keep=_session().id_hash)
    return go("/account", "sessions-ended", ended["ended"])


def _page(form: Form) -> Response:
    listed = look(sessions.list_sessions, _session().id_hash)
    return page("account/account.html", status=form.status, form=form, sessions=listed["items"])


def _session() -> BySession:
    who = asker().identity
    if not isinstance(who, BySession):
        raise NotPermitted("forbidden", "This page is for people who signed in.", "Sign in in a browser.")
    return who
