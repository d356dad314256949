"""What every answer carries, errors, redirects and files included: OWASP ASVS 5.0, chapter 3.4."""

from __future__ import annotations

import secrets

from flask import Request, Response, g

from prompts_admin.settings.table import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"


def style_nonce() -> str:
    """Return the nonce by which this answer's own scripts may add a style sheet; other answers allow none."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def protect(response: Response, *, https: bool) -> Response:
    """Set the security headers; answers are private and not to be kept unless the view said otherwise."""
    response.headers.update(ALWAYS)
    if "style_nonce" in g:
        allowed = f"style-src 'self' 'nonce-{g.style_nonce}'"
        response.headers["Content-Security-Policy"] = POLICY.replace("style-src 'self'", allowed)
    if https:
        response.headers["Strict-Transport-Security"] = ONE_YEAR
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if "public" not in response.headers["Cache-Control"]:
        response.vary.update(("Cookie", "Authorization"))
    return response


def is_https(request: Request, settings: Settings) -> bool:
    """Tell whether people reach the server by https: this very request, or by the address that was set."""
    return request.is_secure or settings.public_url.startswith("https:")
