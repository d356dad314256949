"""Requests forged by other sites: refused for every unsafe method that rides on a cookie, or could set one."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Request

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.http.cookies import csrf_token

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
_OWN = frozenset({"same-origin", "none"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def check_own_site(request: Request, secret: str) -> None:
    """Raise NotPermitted("csrf") unless the request comes from this site's own pages, or from no browser.

    The browser's word is taken first (`Sec-Fetch-Site`, else `Origin` against `Host`); without it a request
    that carries the session `secret` needs the session's token, in a header or a form field.
    """
    if request.method in SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        own = site in _OWN
    elif origin is not None:
        own = urlsplit(origin).netloc == request.host and urlsplit(origin).scheme in ("http", "https")
    else:
        own = not secret or hmac.compare_digest(_sent(request).encode(), csrf_token(secret).encode())
    if not own:
        raise NotPermitted(
            "csrf",
            "This request does not come from a page of this server.",
            "Open the page again and repeat.",
        )


def _sent(request: Request) -> str:
    sent = request.headers.get(HEADER, "")
    if not sent and request.mimetype in _FORMS:
        sent = request.form.get(FIELD, "")
    return sent
