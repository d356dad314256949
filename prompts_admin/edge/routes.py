"""Which requests are answered on the event loop; everything else is for the pages and the API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from prompts_admin.edge.admission import Gate
from prompts_admin.edge.cached_reads import RESOLVE, SNAPSHOT, Hot
from prompts_admin.edge.http_messages import CLOSED, Receive, Request, Send, reply, reply_problem
from prompts_admin.edge.ofrep.endpoint import PREFIX, Ofrep
from prompts_admin.edge.reader_reports import MOST_REPORT, report_of
from prompts_admin.edge.response_cache import Answer
from prompts_admin.edge.streams import Streams
from prompts_admin.edge.uncached_reads import RESOLVES, Reads, key_of
from prompts_admin.http.resolve_queries import forces
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.hub import Hub
from prompts_admin.serving.reader_registry import Readers

API = "/api/v1"
TOKEN = b"pa_"
SESSION = b"ps_"

GOODBYE_SECONDS = 0.2

Handler = Callable[[Request, Send, Admission], Awaitable[None]]

_log = logging.getLogger(__name__)


class Edge:
    """Answers a request, or says that it is not one for the event loop."""

    def __init__(
        self,
        gate: Gate,
        reads: Reads,
        streams: Streams,
        readers: Readers,
        hub: Hub,
        *,
        ofrep: Ofrep,
        hot: Hot,
    ) -> None:
        self._hub = hub
        self._hot = hot
        self._watching: asyncio.Task[None] | None = None
        self._gate = gate
        self._ofrep = ofrep
        self._reads = reads
        self._streams = streams
        self._readers = readers

    def begin(self) -> None:
        """Belong to the running event loop."""
        self._hub.begin()
        self._watching = asyncio.get_running_loop().create_task(self._streams.watch())
        self._ofrep.begin()

    async def close(self) -> None:
        """Say goodbye on every stream; nothing new is opened."""
        self._hub.close()
        self._ofrep.close()
        # The streams' own tasks send it; a few turns of the loop are enough.
        await asyncio.sleep(GOODBYE_SECONDS if self._hub.count or self._ofrep.streams else 0)
        if self._watching:
            self._watching.cancel()

    def at_once(self, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> Answer | None:
        """Return an answer that lies ready, None where the request has to be gone into; `headers` are its own."""
        return self._hot.answer(scope, headers)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> bool:
        """Answer, and return True; return False for what others answer."""
        request = Request(scope, receive)
        if request.path.startswith(PREFIX):
            await self._ofrep(request, send)
            return True
        handler = self._handler(request)
        if handler is None:
            return False
        try:
            await handler(request, send, await self._gate.let_in(request.secret))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            if await reply_problem(send, error) >= 500:
                _log.exception("A request to %s failed", request.path)
        return True

    async def refuse(
        self, scope: MutableMapping[str, Any], receive: Receive, send: Send, error: Exception
    ) -> None:
        """Refuse a request before it is known what it asks, and end its connection."""
        request = Request(scope, receive)
        if request.path.startswith(PREFIX):
            await self._ofrep.refuse(request, send, error, CLOSED)
        else:
            await reply_problem(send, error, CLOSED)

    def _handler(self, request: Request) -> Handler | None:
        path, method = request.path, request.method
        if path.startswith(RESOLVE):
            return self._resolve(request) if method == "GET" and _is_ours(request) else None
        if method == "GET" and path == SNAPSHOT and _is_ours(request):
            return self._reads.snapshot
        if method == "GET" and path == f"{API}/stream":
            return self._streams.open
        if method == "POST" and path == f"{API}/readers":
            return self._report
        return None

    def _resolve(self, request: Request) -> Handler | None:
        """Return the handler of a GET that forces nothing; to force is for people, and looked up each time."""
        if key_of(request.path[RESOLVES:]) is None or forces(request.query):
            return None
        return self._reads.resolve

    async def _report(self, request: Request, send: Send, admission: Admission) -> None:
        report = report_of(await request.body(MOST_REPORT))
        self._readers.heard(report, token=admission.name, owner=admission.key)
        await reply(send, 204, b"")


def _is_ours(request: Request) -> bool:
    """Tell whether a token came along; cookies and the command line's own secret are for the API."""
    return request.secret.startswith((TOKEN, SESSION))
