"""Pages at the door: sign in and out, the set-up link, invitations and password resets."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import NotFound, ProductError
from prompts_admin.domain.people.identity import BySession
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.http.cookies import give_session, take_session
from prompts_admin.http.security_headers import is_https
from prompts_admin.services.people import sessions
from prompts_admin.services.people.one_time_links import LinkPurpose, read_link
from prompts_admin.services.people.sessions import Login, OpenedSession
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, own_page, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page

group = page_group("entry", anybody=True)


@group.get("/sign-in")
def sign_in() -> Response:
    """Show the form; somebody who is signed in already goes on."""
    back = own_page(forms.asked("next", "/"))
    if not asker().is_nobody:
        return go(back)
    return page("entry/sign_in.html", form=Form(), back=back, signed_out=forms.asked("did") == "signed-out")


@group.post("/sign-in")
def signing_in() -> Response:
    """Open a session for somebody with a password."""
    back = own_page(forms.text("next", "/"))
    try:
        opened = _sign_in(forms.line("email"), forms.text("password"))
    except ProductError as error:
        return _refused("entry/sign_in.html", error, back=back, signed_out=False)
    return _enter(opened, back)


@group.post("/demo/sign-in")
def demo_sign_in() -> Response:
    """Become one of the demo's people, without a password."""
    email, back = forms.line("email").lower(), own_page(forms.text("next", "/"))
    opened = shell().product.do(asker().identity, sessions.open_demo_session, None, email, _login())
    return _enter(opened, "/" if back.startswith("/sign-in") else back)


@group.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    who = asker().identity
    if isinstance(who, BySession):
        do(sessions.sign_out, who.id_hash)
    response = go("/sign-in", "signed-out")
    take_session(response, https=_https())  # type: ignore[arg-type]
    return response


@group.get("/setup/<secret>")
def setup(secret: str) -> Response:
    """Show the form that makes the first administrator."""
    _link(secret, setup=True)
    return page("entry/setup.html", form=Form())


@group.post("/setup/<secret>")
def setting_up(secret: str) -> Response:
    """Make the first administrator and sign them in."""
    _link(secret, setup=True)
    email, name, password = forms.line("email"), forms.line("name"), forms.text("password")
    try:
        done = shell().entrance.complete_setup(secret, email, name=name, password=password)
    except ProductError as error:
        return _refused("entry/setup.html", error)
    return _enter(_sign_in(done["email"], password), "/people", "set-up")


@group.get("/links/<secret>")
def link(secret: str) -> Response:
    """Show the form that sets a password, after an invitation or for a reset."""
    return page("entry/link.html", form=Form(), link=_link(secret))


@group.post("/links/<secret>")
def following_link(secret: str) -> Response:
    """Set the password and sign in."""
    found, password = _link(secret), forms.text("password")
    try:
        done = shell().entrance.complete_link(secret, password)
    except ProductError as error:
        return _refused("entry/link.html", error, link=found)
    return _enter(_sign_in(done["email"], password), "/", "password-set")


def _link(secret: str, *, setup: bool = False) -> LinkPurpose:
    found = look(read_link, secret)
    if (found["purpose"] == "setup") != setup:
        raise NotFound("not_found", "This link was used or is over.", "Ask an administrator for a new one.")
    return found


def _sign_in(email: str, password: str) -> OpenedSession:
    here = shell()
    return here.entrance.sign_in(
        email, password, address=request.remote_addr or "", now=here.product.store.clock(), login=_login()
    )


def _login() -> Login:
    """Name the new session by its browser; the one that this browser had ends (ASVS 7.2.4)."""
    who = asker().identity
    previous = who.id_hash if isinstance(who, BySession) else None
    return Login(label=request.headers.get("User-Agent", ""), previous=previous)


def _enter(opened: OpenedSession, back: str, notice: str = "") -> Response:
    response = go(back, notice)
    give_session(response, opened["session"], https=_https())  # type: ignore[arg-type]
    return response


def _refused(template: str, error: ProductError, **context: Any) -> Response:
    return page(template, status=error.status, form=forms.refused(error), **context)


def _https() -> bool:
    return is_https(request, shell().product.settings)
