"""A request that each operation takes, made from the table: what the tests of all operations send."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from prompts_admin.api.contract.operation import Operation
from tests.support.world import Api

PLACES = {
    "feature": "support",
    "name": "triage",
    "version": "1",
    "number": "2",
    "email": "viewer@example.com",
    "token_id": "0123456789ab",
}
QUERIES = {
    "search": {"q": "triage"},
    "diff": {"from": "1", "to": "2"},
    "explain": {"key": "support/triage", "user": "u-17"},
}
HEADERS = {"save_version": {"If-Match": '"2"'}}
NUMBERS = {"show_settings", "sign_settings", "apply_settings", "withdraw_settings", "undo_settings"}


def path_of(operation: Operation, **places: str) -> str:
    """Return the path with its parameters filled in; settings changes have number 1 in the world."""
    own = {"number": "1"} if operation.name in NUMBERS else {}
    return operation.path.format(**{**PLACES, **own, **places})


def body_of(operation: Operation) -> dict[str, Any] | None:
    """Return the body that the documentation gives as an example, `{}` without one, None for no body."""
    if operation.body is None:
        return None
    return dict(operation.example or {})


def send(
    api: Api, operation: Operation, *, places: dict[str, str] | None = None, **more: Any
) -> TestResponse:
    """Send an operation's request; `more` goes to `Api.call` and wins."""
    body = body_of(operation)
    arguments: dict[str, Any] = {"query_string": QUERIES.get(operation.name), **more}
    headers = {**HEADERS.get(operation.name, {}), **arguments.pop("headers", {})}
    if body is not None and "data" not in arguments:
        arguments.setdefault("json", body)
    return api.call(operation.method, path_of(operation, **(places or {})), headers=headers, **arguments)
