"""Each request has an id, a beginning, an end and one line in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Response, g, request

from prompts_admin.domain.errors import Usage
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import Asker, check_request_is_ours
from prompts_admin.http.host_check import check_host
from prompts_admin.http.log_text import one_line

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECRET_PARAMETERS = frozenset({"token", "access_token", "api_key", "apikey", "authorization", "password"})

# Whoever reads the log must not be able to follow an invitation (ASVS 14.2.1).
_LINK_SECRET = re.compile("(?<=^/setup/|^/links/).+")

_log = logging.getLogger("prompts_admin.requests")


def begin() -> None:
    """Give the request its id."""
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def check() -> None:
    """Refuse what no view should see: foreign host names, secrets in the address, requests of other sites."""
    check_host(request, shell().product.settings)
    if SECRET_PARAMETERS.intersection(name.lower() for name in request.args):
        raise Usage(
            "malformed",
            "A secret stands in the address, where logs and histories keep it.",
            "Send it as 'Authorization: Bearer ...', and revoke this one.",
        )
    check_request_is_ours()


def request_id() -> str:
    """Return the id of the present request."""
    return str(g.get("request_id", ""))


def finish(response: Response) -> Response:
    """Write the line and count the answer. The query is left out: it may hold names of users."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    operation, code = (request.endpoint or "nothing"), str(g.get("problem_code", ""))
    shell().metrics.count(operation, response.status_code, seconds, code)
    response.headers["X-Request-Id"] = request_id()
    level = logging.ERROR if response.status_code == 500 else logging.INFO
    _log.log(level, "%s", _line(response.status_code, seconds, code))
    return response


def _line(status: int, seconds: float, code: str) -> str:
    fields = {
        "id": request_id(),
        "method": request.method,
        "path": _LINK_SECRET.sub("...", request.path),
        "status": str(status),
        "code": code,
        "ms": f"{seconds * 1000:.1f}",
        "who": _who(),
        "from": request.remote_addr or "",
    }
    return " ".join(f"{name}={one_line(value)}" for name, value in fields.items() if value)


def _who() -> str:
    """Return the token's id, the person, or how the session is known; never a secret."""
    found = g.get("asker")
    if not isinstance(found, Asker) or found.is_nobody:
        return "nobody"
    label = str(g.get("actor_label", ""))
    return label or found.key[:24].replace(" ", ":")
