"""The embedded transport: the same application inside this process, called through WSGI, when no server runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from prompts_cli.transport.messages import Answer, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class EmbeddedTransport:
    """Calls `app`; `environ` is added to each call (nothing that a header could set), `close` ends the product."""

    place = "the local store"

    def __init__(
        self, app: WSGIApplication, *, environ: Mapping[str, Any], close: Callable[[], None] = lambda: None
    ) -> None:
        self._app = app
        self._environ = environ
        self._close = close

    def send(self, request: Request) -> Answer:
        """Return the application's answer; what it raises is raised here, as it would be by any function."""
        from werkzeug.test import run_wsgi_app

        body, status, headers = run_wsgi_app(self._app, self._environ_of(request), buffered=True)
        found = {name.lower(): value for name, value in headers}
        return Answer(int(status.partition(" ")[0]), found, b"".join(body))

    def close(self) -> None:
        """Close the product behind the application."""
        self._close()

    def _environ_of(self, request: Request) -> dict[str, Any]:
        from io import BytesIO

        path, _, query = request.target.partition("?")
        named = {name.upper().replace("-", "_"): value for name, value in request.headers.items()}
        bare = ("CONTENT_TYPE", "CONTENT_LENGTH")
        return {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            # WSGI wants the path decoded and dressed as latin-1 (PEP 3333).
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{name if name in bare else f"HTTP_{name}": value for name, value in named.items()},
            # Last, so that no header can say who vouches for the person.
            **self._environ,
        }
