"""The server as it is shipped, over a world, in a thread of the test; and a reader of its streams."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
import uvicorn

from prompts_admin.edge.factory import open_edge
from prompts_admin.server.asgi import Application
from prompts_admin.server.process import Server
from tests.support.world import Api


class Served:
    """A running server: `served.get("/api/v1/...")` with a token of the world."""

    def __init__(self, api: Api, port: int, server: Server, thread: threading.Thread) -> None:
        self.api = api
        self.server = server
        self.thread = thread
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.pool = urllib3.PoolManager(maxsize=20, retries=False, timeout=10)

    def ask(
        self, method: str, path: str, *, by: str = "serve", body: Any = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """Send a request with a token of the world, or with none when `by` is empty."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if by:
            given |= self.api.with_token(by)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.pool.request(method, self.url + path, body=data, headers=given)

    def get(self, path: str, **more: Any) -> urllib3.BaseHTTPResponse:
        """GET."""
        return self.ask("GET", path, **more)

    def stop(self) -> None:
        """Begin to stop, as a signal does."""
        self.server.should_exit = True

    @contextmanager
    def stream(self, *, by: str = "serve", **headers: str) -> Iterator[Events]:
        """Open a stream."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= self.api.with_token(by)
        with urllib3.PoolManager(retries=False, timeout=10) as pool:
            response = pool.request("GET", f"{self.url}/api/v1/stream", headers=given, preload_content=False)
            try:
                yield Events(response)
            finally:
                response.close()


class Events:
    """The events of a stream as (name, id, data, other fields)."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.response = response
        self._text = ""

    def next(self) -> dict[str, Any]:
        """Wait for the next event, heartbeats left out; EOFError at the end."""
        while True:
            block = self._block()
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if fields:
                return {**fields, "data": json.loads(fields["data"])}

    def heartbeat(self) -> None:
        """Wait for a sign of life."""
        while not self._block().startswith(": heartbeat"):
            pass

    def _block(self) -> str:
        while "\n\n" not in self._text:
            part = self.response.read1(65_536)
            if not part:
                raise EOFError
            self._text += part.decode()
        block, self._text = self._text.split("\n\n", 1)
        return block


@contextmanager
def serving(api: Api) -> Iterator[Served]:
    """Serve a world until the block ends; streams say goodbye."""
    listener = socket.create_server(("127.0.0.1", 0))
    with open_edge(api.product) as edge:
        app = Application(api.app, threads=4, max_body=1_000_000, edge=edge)
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
        server = Server(config, edge)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        served = Served(api, listener.getsockname()[1], server, thread)
        try:
            yield served
        finally:
            served.pool.clear()
            served.stop()
            thread.join(timeout=20)
            listener.close()
