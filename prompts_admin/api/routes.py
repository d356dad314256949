"""Serves the table of operations: who may call is looked at before anything that was sent."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request

from prompts_admin.api.contract.access import ANYBODY
from prompts_admin.api.contract.call import Call, idempotency_of
from prompts_admin.api.contract.operation import PREFIX, Answer, Operation
from prompts_admin.api.contract.request_parsing import read_body, read_path, read_query
from prompts_admin.api.health import register_probes
from prompts_admin.api.operations import OPERATIONS
from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.people.permissions import SERVE
from prompts_admin.http.app_state import Shell, shell
from prompts_admin.http.authentication import IN_PROCESS, asker, asker_to_serve, no_administrator
from prompts_admin.http.error_pages import json_response


def register(app: Flask) -> None:
    """Add every operation and the probes to the application."""
    here: Shell = app.extensions["prompts_admin"]
    for operation in OPERATIONS:
        if operation.body_factor:
            most = operation.body_factor * here.product.settings.max_content_bytes
            here.body_limits[f"api.{operation.name}"] = most
        app.add_url_rule(
            PREFIX + operation.rule,
            endpoint=f"api.{operation.name}",
            view_func=_view(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    register_probes(app)


def _view(operation: Operation) -> Callable[..., Response]:
    def view(**given: str) -> Response:
        return _response(_answered(operation, given))

    return view


def _unasked() -> NotPermitted:
    # The local command line vouches for the owner of its store, and for nobody where there is none.
    if "Authorization" not in request.headers and request.environ.get(IN_PROCESS) is not None:
        return no_administrator()
    return NotPermitted("unauthenticated", "Nobody is signed in.", "Send: Authorization: Bearer pa_...")


def _answered(operation: Operation, given: dict[str, str]) -> tuple[Call, Answer]:
    here, who = shell(), asker_to_serve() if operation.access == SERVE else asker()
    if who.is_nobody and operation.access != ANYBODY:
        raise _unasked()
    _spend(operation, who.key)
    call = Call(here.product, operation.access, request, who)
    call.path = read_path(operation, given)
    call.query_model = read_query(operation, request)
    call.body_model = read_body(operation, request)
    if operation.idempotent:
        call.idempotency = idempotency_of(request, call.body_model)
    return call, operation.run(call)


def _spend(operation: Operation, who: str) -> None:
    settings = shell().product.settings
    per_minute = {
        "write": settings.writes_per_minute,
        "search": settings.searches_per_minute,
        "export": settings.exports_per_minute,
    }
    if operation.limit:
        shell().buckets.take(operation.limit, who, per_minute=per_minute[operation.limit])


def _response(done: tuple[Call, Answer]) -> Response:
    call, answer = done
    if answer.body is not None:
        response = Response(answer.body, answer.status, content_type=answer.content_type)
    elif answer.document is None:
        response = Response(status=answer.status)
    else:
        response = json_response(answer.document, answer.status)
    response.headers.update(answer.headers)
    if call.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
