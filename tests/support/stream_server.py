"""A snapshot server with a stream, written with the product's own events, that a test can tear and stall."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from queue import Queue
from typing import Any

from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.serving.hub import _event, event, position
from prompts_admin.serving.scopes import EVERYTHING
from prompts_admin.serving.snapshot_changes import change_between, encode_change
from tests.support.snapshot_server import SnapshotServer, send

Piece = bytes | None


class StreamServer(SnapshotServer):
    """Sends a hello on each stream and then what the test pushes; `refuse` answers with a status instead."""

    def __init__(self, document: dict[str, Any], heartbeat: float = 15.0) -> None:
        super().__init__(document)
        self.heartbeat = heartbeat
        self.refuse: int | None = None
        self.first: Callable[[], bytes] = self.hello
        self.open: list[Queue[Piece]] = []
        self.opened: list[dict[str, str]] = []

    def hello(self) -> bytes:
        """Return the first event."""
        said = {name: self.document[name] for name in ("epoch", "revision")}
        where = f"{said['epoch']}:{said['revision']}"
        return event("hello", where, {**said, "heartbeat": self.heartbeat})

    def publish(self, new: dict[str, Any]) -> None:
        """Move to another document and tell every stream what changed."""
        part = self.change(new)
        self.document = new
        self.push(part)

    def change(self, new: dict[str, Any]) -> bytes:
        """Return the event that tells what `new` changes."""
        old, snapshot = compile_snapshot(self.document), compile_snapshot(new)
        change = change_between(old, snapshot)
        if change is None:
            return event("reset", position(snapshot), {})
        return _event("revision", position(snapshot), encode_change(change, EVERYTHING), None)

    def push(self, piece: Piece) -> None:
        """Send bytes on every open stream; None ends it."""
        for queue in list(self.open):
            queue.put(piece)

    def stream(self, handler: BaseHTTPRequestHandler) -> None:
        """Hold a stream open for as long as nobody ends it."""
        self.opened.append(dict(handler.headers))
        if self.refuse:
            send(handler, self.refuse, b"{}")
            return
        queue: Queue[Piece] = Queue()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        queue.put(self.first())
        self.open.append(queue)
        try:
            while (piece := queue.get()) is not None:
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        finally:
            self.open.remove(queue)
            handler.close_connection = True


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
