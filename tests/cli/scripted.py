"""A server that answers what a test tells it to, and what a command left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

Script = dict[tuple[str, str], Any]


@dataclass
class Seen:
    """One request that reached the server."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclass
class ScriptedServer:
    """Answers from `script`: (method, path) -> document, (status, document), or a function of the request."""

    script: Script = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        request = _seen(environ)
        self.seen.append(request)
        path = request.path.removeprefix("/api/v1")
        answer = self.script.get((request.method, path), (404, problem("not_found", f"no '{path}'", 404)))
        answer = answer(request) if callable(answer) else answer
        status, document = answer if isinstance(answer, tuple) else (200, answer)
        kind = "application/problem+json" if status >= 400 else "application/json"
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        start_response(f"{status} X", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def last(self, method: str = "POST") -> Seen:
        """The last request of this method."""
        return [request for request in self.seen if request.method == method][-1]


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON; fails when anything else stands there."""
        return json.loads(self.out)


class Quiet(WSGIRequestHandler):
    """A handler without a log."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def problem(code: str, detail: str, status: int, **members: Any) -> dict[str, Any]:
    """A problem document as the server makes them."""
    return {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **members}


def _seen(environ: dict[str, Any]) -> Seen:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length)
    headers = {name[5:].lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    path = environ["PATH_INFO"].encode("latin-1").decode()
    return Seen(
        environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], headers, json.loads(raw) if raw else None
    )
