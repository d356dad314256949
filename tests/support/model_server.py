"""A model endpoint for tests: speaks the protocol of OpenAI-compatible chat, and misbehaves when asked to.

The name of the model says how: `good`, `silent-usage`, `torn`, `slow`, `huge`, `moved`, `whole`, `rubbish`, one of
`RAW`, or a status such as `429`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final

USAGE = {"prompt_tokens": 11, "completion_tokens": 4}
KEY = "-".join(("sk", "canary", "of", "the", "endpoint"))

_EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
_DEEP = b"[" * 100_000
RAW: Final[dict[str, tuple[bytes, bytes]]] = {
    "drips-its-head": (b"HTTP/1.1 200 OK\r\nX-A: ", b"x"),
    "drips-continues": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "drips-the-body-of-an-error": (b"HTTP/1.1 500 E\r\nContent-Length: 9999\r\n\r\n", b"x"),
    "drips-the-size-of-a-chunk": (_EVENTS + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "drips-a-head-of-gzip": (
        _EVENTS + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0",
        b"x",
    ),
    "drips-comments": (_EVENTS + b"\r\n", b":\n"),
    "cuts-an-error-short": (b"HTTP/1.1 400 E\r\nContent-Length: 9999\r\n\r\n{", b""),
    "packs-an-error-badly": (b"HTTP/1.1 400 E\r\nContent-Encoding: gzip\r\n\r\nnot gzip", b""),
    "nests-an-error": (b"HTTP/1.1 400 E\r\n\r\n" + _DEEP, b""),
    "nests-a-stream": (_EVENTS + b"\r\ndata: " + _DEEP + b"\n\n", b""),
    "nests-an-answer": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + _DEEP, b""),
    "counts-without-end": (
        _EVENTS
        + b'\r\ndata: {"choices": [], "usage": {"prompt_tokens": 1%s, "completion_tokens": 1}}\n\n'
        % (b"0" * 400)
        + b"data: [DONE]\n\n",
        b"",
    ),
    "halves-a-character": (
        _EVENTS + b'\r\ndata: {"choices": [{"delta": {"content": "a\\ud800"}}]}\n\ndata: [DONE]\n\n',
        b"",
    ),
}
"""What is sent as it stands, and what then follows every 50 ms."""


@dataclass
class ModelServer:
    """Where it listens, and what it was asked; `behaves` counts instead of the model's name."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hung_up: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)
    behaves: str = ""


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run the endpoint on a port of this machine."""

    class Handler(_Handler):
        found: ModelServer

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.found = ModelServer(f"http://127.0.0.1:{server.server_port}/v1")
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Handler.found
        Handler.found.over.set()
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    found: ModelServer

    def do_POST(self) -> None:
        """Answer as the model's name says."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.found.asked.append(body)
        self.found.keys.append(self.headers.get("Authorization", ""))
        model = self.found.behaves or body["model"]
        if model in RAW:
            with suppress(OSError):
                self._raw(*RAW[model])
        elif model.isdecimal():
            self._refuse(int(model))
        elif model == "moved":
            self._head(307, Location=f"{self.found.url}/elsewhere")
        elif model == "whole":
            self._head(200, **{"Content-Type": "application/json"})
            answer = {"choices": [{"message": {"content": "All at once."}}], "usage": USAGE}
            self.wfile.write(json.dumps(answer).encode())
        else:
            self._head(200, **{"Content-Type": "text/event-stream"})
            with suppress(OSError):
                self._stream(model)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _raw(self, first: bytes, then: bytes) -> None:
        self.wfile.write(first)
        while then and not self.found.over.wait(0.05):
            self.wfile.write(then)

    def _refuse(self, status: int) -> None:
        self._head(status, **{"Content-Type": "application/json", "Retry-After": "7"})
        message = f"Incorrect key provided: {self.found.keys[-1].removeprefix('Bearer ')}"
        self.wfile.write(json.dumps({"error": {"message": message}}).encode())

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, model: str) -> None:
        if model == "rubbish":
            self.wfile.write(b"data: <html>\n\n")
            return
        self._say("Rou")
        self._say("ted ä.")
        if model == "torn":
            return
        if model in ("slow", "endless"):
            self._linger(model)
        if model == "huge":
            self._flood()
            return
        self.wfile.write(b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n')
        if model != "silent-usage":
            self.wfile.write(f"data: {json.dumps({'choices': [], 'usage': USAGE})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, text: str) -> None:
        chunk = json.dumps({"choices": [{"delta": {"content": text}}]}, ensure_ascii=False)
        self.wfile.write(f"data: {chunk}\r\n\r\n".encode())
        self.wfile.flush()

    def _linger(self, model: str) -> None:
        for _ in range(400):
            if self.found.over.wait(0.05):
                return
            if model == "endless":
                try:
                    self._say("and on ")
                except OSError:
                    self.found.hung_up.set()
                    return

    def _flood(self) -> None:
        try:
            for _ in range(4000):
                self._say("long " * 200)
        except OSError:
            self.found.hung_up.set()
