"""A small HTTP server that gives snapshots, or whatever a test wants a client to suffer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar

Reply = Callable[[BaseHTTPRequestHandler], None]
Server = TypeVar("Server", bound="SnapshotServer")


class SnapshotServer(ThreadingHTTPServer):
    """Answers `/api/v1/snapshot` with `document`, or by `reply` when that is set; notes what was asked."""

    daemon_threads = True

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.document = document
        self.reply: Reply | None = None
        self.asked: list[dict[str, str]] = []
        self.told: list[dict[str, Any]] = []
        self.silent = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def send(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the product does."""
        etag = f'"{self.document["epoch"]}-{self.document["revision"]}"'
        if handler.headers.get("If-None-Match") == etag:
            send(handler, 304, b"", ETag=etag)
        else:
            send(handler, 200, json.dumps(self.document).encode(), ETag=etag)

    def stream(self, handler: BaseHTTPRequestHandler) -> None:
        """Have no stream, as an older server."""
        send(handler, 404, b"{}")

    def fetches(self) -> int:
        """Return how often the snapshot was asked for."""
        return sum(one["path"].endswith("/snapshot") for one in list(self.asked))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SnapshotServer

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **dict(self.headers)})
        if self.path == "/api/v1/stream":
            self.server.stream(self)
        else:
            (self.server.reply or self.server.send)(self)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append({"path": self.path, **json.loads(body)})
        if self.server.silent:
            time.sleep(2)
        send(self, 204, b"")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """Send a whole answer; header names are written with `_` for `-`."""
    handler.send_response(status)
    for name, value in {"Content_Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(document: dict[str, Any]) -> Iterator[SnapshotServer]:
    """Run a server in a thread for as long as the block lasts."""
    with running(SnapshotServer(document)) as server:
        yield server


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Run this server in a thread for as long as the block lasts."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
