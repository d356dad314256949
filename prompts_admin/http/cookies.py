"""The session cookie: out of reach of scripts, other sites and, on https, of plain connections."""

from __future__ import annotations

from flask import Request, Response

from prompts_admin.services.core.secrets import digest

PLAIN = "prompts_admin"
HOST_ONLY = "__Host-prompts_admin"
"""Browsers take this name only with Secure, Path=/ and without Domain (RFC 6265bis, 4.1.3.2)."""


def session_secret(request: Request, *, https: bool) -> str:
    """Return the session secret that the cookie holds, empty for none."""
    return request.cookies.get(_name(https=https), "")


def give_session(response: Response, secret: str, *, https: bool) -> None:
    """Set the cookie to a new session; it ends with the browser, the session itself by its own limits."""
    response.set_cookie(_name(https=https), secret, path="/", secure=https, httponly=True, samesite="Lax")


def take_session(response: Response, *, https: bool) -> None:
    """Remove the cookie."""
    response.delete_cookie(_name(https=https), path="/", secure=https, httponly=True, samesite="Lax")


def csrf_token(secret: str) -> str:
    """Return the token that the forms of a session carry: only who knows the session can compute it."""
    return digest(f"form {secret}")


def _name(*, https: bool) -> str:
    return HOST_ONLY if https else PLAIN
