"""Hot reads gone the long way: `resolve` and `snapshot`, which make what `hot` has ready afterwards."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.keys import parse_key
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.cached_reads import RESOLVE, Hot
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.http_messages import Request, Send
from prompts_admin.edge.reader_reports import report_in
from prompts_admin.edge.response_cache import Made
from prompts_admin.http.resolve_queries import question_of
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.reader_registry import Readers
from prompts_admin.serving.scopes import Scope
from prompts_admin.serving.snapshot_bytes import Document

RESOLVES = len(RESOLVE)
KEYS = 4_096
"""How many keys in paths are remembered."""


class Reads:
    """Answers from the snapshot in memory alone."""

    def __init__(self, live: LiveSnapshot, newest: Newest, readers: Readers, hot: Hot) -> None:
        self._live = live
        self._newest = newest
        self._readers = readers
        self._hot = hot

    async def resolve(self, request: Request, send: Send, admission: Admission) -> None:
        """Answer what the context of the query gets of an artifact."""
        snapshot = await self._newest.get()
        asked = question_of(request.query).context
        key = key_of(request.path[RESOLVES:]) or ""
        plan = self._hot.prepared.make_plan(snapshot, admission.scope, request.path, key)
        number = plan.decide(asked.user, asked.groups, asked.attributes)
        self._hot.note(admission, request.address)
        await _send(send, plan.made[number] or plan.make(number), request)

    async def snapshot(self, request: Request, send: Send, admission: Admission) -> None:
        """Answer the snapshot of the scope, or that it is still the one that the reader has."""
        report = report_in(request)
        if report:
            self._readers.heard(report, token=admission.name, owner=admission.key)
        else:
            self._hot.note(admission, request.address)
        prepared, packed, scope = self._hot.prepared, request.takes_gzip, admission.scope
        snapshot = await self._newest.get()
        made = prepared.document(snapshot, scope, packed=packed)
        if made is None:
            # Putting megabytes together would keep everybody else waiting.
            snapshot, document = await asyncio.to_thread(self._document, scope)
            made = prepared.make_document(snapshot, scope, document, packed=packed)
        await _send(send, made, request)

    def _document(self, scope: Scope) -> tuple[Snapshot, Document]:
        snapshot = self._live.current()
        document = self._live.document_of(snapshot, scope)
        # Both are kept with it.
        assert document.digest and document.gzipped
        return snapshot, document


@lru_cache(KEYS)
def key_of(path: str) -> str | None:
    """Return the key at the end of a path, None when it can be no key."""
    try:
        return parse_key(path)
    except ProductError:
        return None


async def _send(send: Send, made: Made, request: Request) -> None:
    start, body = made.unchanged if made.sent.is_known_to(request.header(b"if-none-match")) else made.whole
    await send(start)
    await send(body)
