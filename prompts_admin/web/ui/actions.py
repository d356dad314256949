"""The way from a page to the product: who asks, once for each form, and then to another page.

A page group begins with `group = page_group("releases")`. Its views use
    look(query, ...)            for what is shown
    do(use_case, ...)           for what is changed; a form that is sent twice changes once
    go("/releases/12", "approved")  to answer a form: redirect, and tell what happened on the next page
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, urlencode

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.http.csrf import FIELD, SAFE
from prompts_admin.services.core.runner import Idempotency
from prompts_admin.services.core.work import Work
from prompts_admin.web.ui.notices import PARAMETER, told

P = ParamSpec("P")
R = TypeVar("R")

ONCE = "once"
"""The form field that makes two clicks one change."""
LONGEST_ONCE = 64


def page_group(name: str, *, anybody: bool = False) -> Blueprint:
    """Return the blueprint of a page group; only signed-in people reach its pages, unless for `anybody`."""
    group = Blueprint(name, "prompts_admin.web")
    if not anybody:
        group.before_request(_only_people)
    return group


def look(query: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a query with the rights of whoever asks."""
    return shell().product.look(asker().identity, query, *args, **kwargs)


def do(use_case: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a change with the rights of whoever asks; the same form sent again gets the first answer."""
    here, who = shell(), asker()
    here.buckets.take("write", who.key, per_minute=here.product.settings.writes_per_minute)
    return here.product.do(who.identity, use_case, _idempotency(), *args, **kwargs)


def go(path: str, notice: str = "", *numbers: int) -> Response:
    """Answer a form by a redirect to one of our own pages, which then tells what happened."""
    if notice:
        path += f"{'&' if '?' in path else '?'}{PARAMETER}={told(notice, *numbers)}"
    return redirect(path, 303)


def own_page(address: str) -> str:
    """Return an address when it is certainly one of our own pages, else the overview (ASVS 3.7.2).

    Browsers read `//host`, and a backslash or an unseen character among slashes, as another site.
    """
    ours = address.startswith("/") and not address.startswith("//")
    plain = address.isprintable() and address.isascii() and "\\" not in address
    return address if ours and plain else "/"


def present_page() -> str:
    """Return the address of the present page without its notice, to come back to.

    What answers a form that was refused has no page at its own address: there it is where the form was going.
    """
    if request.method not in SAFE and not can_be_opened():
        return own_page(request.form.get("next") or request.path.rpartition("/")[0])
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    return quote(request.path, safe="/@") + (f"?{urlencode(kept)}" if kept else "")


def can_be_opened() -> bool:
    """Tell whether the present address is that of a page, so that something can lead back to it."""
    adapter = current_app.url_map.bind("")
    return request.url_rule is not None and adapter.test(request.path, method="GET")


def sign_in_address() -> str:
    """Return the address of the sign-in page that leads back to the present one."""
    back = present_page()
    return "/sign-in" if back == "/" else f"/sign-in?next={quote(back, safe='/')}"


def new_once() -> str:
    """Return a value for the field `once` of a new form."""
    return secrets.token_urlsafe(16)


def _only_people() -> Response | None:
    if not asker().is_nobody:
        return None
    if request.method in SAFE:
        return redirect(sign_in_address(), 303)
    raise NotPermitted("unauthenticated", "You are signed out by now.", "Sign in, then send this again.")


def _idempotency() -> Idempotency | None:
    """Return the key of the form that was sent: of its field and all else, so that it never clashes."""
    once = request.form.get(ONCE, "")[:LONGEST_ONCE]
    if not once:
        return None
    sent = [request.path, *(f"{n}={v}" for n, v in request.form.items(multi=True) if n != FIELD)]
    digest = hashlib.sha256("\n".join(sent).encode("utf-8", "surrogatepass")).hexdigest()
    return Idempotency(f"page {once} {digest[:32]}", digest)
