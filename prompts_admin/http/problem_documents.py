"""Every error as one document: RFC 9457 with `code` for programs, `detail` and `remedy` for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import HTTPException, InternalServerError

from prompts_admin.domain.errors import (
    STATUS,
    NotFound,
    NotPermitted,
    ProductError,
    Refused,
    Unavailable,
    Usage,
)
from prompts_admin.schemas.remedies import in_words

CONTENT_TYPE = "application/problem+json"
INTERNAL = "internal"
RETRY_SECONDS = 5


def problem_document(error: Exception, request_id: str) -> dict[str, Any]:
    """Return the problem document of anything that was raised; of a fault of ours nothing but an id."""
    if isinstance(error, HTTPException):
        error = of_http(error)
    if not isinstance(error, ProductError):
        return _internal(request_id)
    return {
        **{name: value for name, value in error.members.items() if name not in _OWN},
        **_head(error.code, STATUS.get(error.code, 500)),
        "detail": error.detail,
        **({"remedy": in_words(error.remedy)} if error.remedy else {}),
        **({"problems": [problem.as_json() for problem in error.problems]} if error.problems else {}),
    }


def headers_of(error: Exception, document: dict[str, Any]) -> dict[str, str]:
    """Return the headers that belong to a problem: Allow, Retry-After, WWW-Authenticate."""
    found: dict[str, str] = {}
    if isinstance(error, HTTPException):
        found.update({k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")})
    if document["status"] in (429, 503):
        found["Retry-After"] = str(document.get("retry_after", RETRY_SECONDS))
    if document["status"] == 401:
        found["WWW-Authenticate"] = 'Bearer realm="prompts-admin"'
    return found


def of_http(error: HTTPException) -> ProductError | HTTPException:
    """Return the refusal that says what an HTTP error of the framework means; what is sent is not repeated."""
    match error.code:
        case 404:
            return NotFound("not_found", "There is nothing at this address.", "Check the address.")
        case 405:
            return Usage(
                "method_not_allowed", "This method is not for this address.", "See the header Allow."
            )
        case 413:
            return Refused("too_large", "The request is too large.", "Send less at once.")
        case 401:
            return NotPermitted("unauthenticated", "Nobody is signed in.", "Sign in, or send a token.")
        case 403:
            return NotPermitted("forbidden", "This is not permitted.", "Ask an administrator.")
        case 415:
            return Usage("unsupported_media_type", "The content type is not accepted.", "Send JSON.")
        case 503:
            return Unavailable("busy", "The server cannot answer just now.", "Try again in a moment.")
    if error.code is not None and 400 <= error.code < 500:
        return Usage("malformed", "The request cannot be understood.", "Correct it.")
    return InternalServerError()


def _internal(request_id: str) -> dict[str, Any]:
    detail = f"Something went wrong on our side; it is in the log under the id {request_id}."
    return {
        **_head(INTERNAL, 500),
        "detail": detail,
        "remedy": "Tell an administrator this id.",
        "request_id": request_id,
    }


def _head(code: str, status: int) -> dict[str, Any]:
    return {
        "type": f"urn:prompts-admin:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }


_OWN = frozenset({"type", "title", "status", "code", "detail", "remedy", "problems"})
