"""Answers everything that was raised: a problem document under /api, a page elsewhere."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from prompts_admin.http.app_state import shell
from prompts_admin.http.problem_documents import CONTENT_TYPE, INTERNAL, headers_of, problem_document
from prompts_admin.http.request_log import request_id

_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/ofrep/")

_log = logging.getLogger("prompts_admin.errors")


def install(app: Flask) -> None:
    """Let the application answer every exception through here."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response | HTTPException:
    """Return the answer to what was raised, as a document or as a page; a fault of ours is logged whole."""
    if isinstance(error, RequestRedirect):
        return error
    document = problem_document(error, request_id())
    g.problem_code = document["code"]
    if document["code"] == INTERNAL:
        _log.error("request %s failed", request_id(), exc_info=error)
    response = _rendered(document, error)
    response.headers.update(headers_of(error, document))
    return response


def json_response(document: Any, status: int = 200, *, content_type: str = "application/json") -> Response:
    """Return a JSON answer."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(body.encode("utf-8", "replace"), status, content_type=content_type)


def wants_document() -> bool:
    """Tell whether the present request came from a program rather than a browser."""
    return request.path.startswith(_PROGRAMS) or request.mimetype == "application/json"


def _rendered(document: dict[str, Any], error: Exception) -> Response:
    page = shell().error_page
    if wants_document():
        return json_response(document, document["status"], content_type=CONTENT_TYPE)
    if page is not None:
        try:
            return page(document, error)
        except Exception:
            _log.exception("the error page failed for request %s", request_id())
    text = f"{document['detail']} {document.get('remedy', '')}".strip()
    return Response(text, document["status"], content_type="text/plain; charset=utf-8")
