"""Hot reads: `resolve` and `snapshot`, from bytes that were made when the revision changed."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from time import monotonic
from urllib.parse import parse_qsl

from prompts_admin.domain.contexts import Context, context_from_query
from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.keys import parse_key
from prompts_admin.edge.http import PRIVATE, VARY, Request, Send, header, reply
from prompts_admin.edge.prepared import EMPTY, Plans
from prompts_admin.edge.reports import report_in
from prompts_admin.services.serving_rights import Admission
from prompts_admin.serving.documents import Document
from prompts_admin.serving.live import LiveSnapshot
from prompts_admin.serving.readers import Readers
from prompts_admin.serving.scopes import Scope

RESOLVE = "/api/v1/resolve/"
RESOLVES = len(RESOLVE)
GZIP_FROM = 1_000
NOTE_SECONDS = 5.0
CONTEXTS = 4_096
"""How many contexts of GETs are remembered: many clients ask with the same words again and again."""


class Reads:
    """Answers from the snapshot in memory alone."""

    def __init__(self, live: LiveSnapshot, readers: Readers) -> None:
        self._live = live
        self._readers = readers
        self._plans = Plans()
        self._noted: dict[tuple[str, str], float] = {}

    async def resolve(self, request: Request, send: Send, admission: Admission) -> None:
        """Answer what the context of the query gets of an artifact."""
        snapshot = self._live.peek()
        if snapshot is None:
            snapshot = await asyncio.to_thread(self._live.current)
        asked = context_of(request.query)
        plan = self._plans.get(snapshot, admission.scope, key_of(request.path[RESOLVES:]) or "")
        number = plan.decide(asked.user, asked.groups, asked.attributes)
        answer = plan.made[number] or plan.make(number)
        self._note(admission, request)
        if answer.etag in request.header(b"if-none-match"):
            await send(answer.known)
            await send(EMPTY)
        else:
            await send(answer.start)
            await send(answer.body)

    async def snapshot(self, request: Request, send: Send, admission: Admission) -> None:
        """Answer the snapshot of the scope, or that it is still the one that the reader has."""
        document = self._live.ready_document(admission.scope)
        if document is None:
            # Putting megabytes together would keep everybody else waiting.
            document = await asyncio.to_thread(self._made, admission.scope)
        report = report_in(request)
        if report:
            self._readers.heard(report, token=admission.name)
        else:
            self._note(admission, request)
        tag, known = document.etag, request.header(b"if-none-match").decode("latin-1")
        body, extra = document.body, []
        if request.takes_gzip and len(body) > GZIP_FROM:
            tag, body, extra = document.gzip_etag, document.gzipped, [(b"content-encoding", b"gzip")]
        headers = [PRIVATE, VARY, header("etag", tag), header("repr-digest", document.digest), *extra]
        if document.is_known_to(known or None):
            await reply(send, 304, b"", headers)
        else:
            await reply(send, 200, body, headers)

    def _made(self, scope: Scope) -> Document:
        document = self._live.document(scope)
        # Both are kept with it.
        assert document.digest and document.gzipped
        return document

    def _note(self, admission: Admission, request: Request) -> None:
        """Count a client that only asks, once in a while: it is seen within the minute all the same."""
        who, now = (admission.key, request.address), monotonic()
        if now - self._noted.get(who, 0.0) < NOTE_SECONDS:
            return
        if len(self._noted) >= CONTEXTS:
            self._noted.clear()
        self._noted[who] = now
        self._readers.asked(*who)


@lru_cache(CONTEXTS)
def context_of(query: bytes) -> Context:
    """Return the context that the query of a GET states; raises as `context_from_query` does."""
    text = query.decode("utf-8", "replace")
    return context_from_query(parse_qsl(text, keep_blank_values=True, max_num_fields=2_000))


@lru_cache(CONTEXTS)
def key_of(path: str) -> str | None:
    """Return the key at the end of a path, None when it can be no key."""
    try:
        return parse_key(path)
    except ProductError:
        return None
