"""OFREP 0.3, the OpenFeature Remote Evaluation Protocol: every OpenFeature SDK is a client.

`POST /ofrep/v1/evaluate/flags/{key}` answers one flag, `POST /ofrep/v1/evaluate/flags` all that the token may
see, `GET /ofrep/v1/stream` says when to ask again. Source: open-feature/protocol, service/openapi.yaml.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from hashlib import sha256

from werkzeug.exceptions import MethodNotAllowed

from prompts_admin.domain.errors import NotFound
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.admission import Gate
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.http_messages import Request, Send, reply
from prompts_admin.edge.ofrep.bulk import Bulk, send_bulk
from prompts_admin.edge.ofrep.cors import CrossOrigin
from prompts_admin.edge.ofrep.messages import (
    asked_in,
    no_targeting_key,
    not_found,
    parameters_of,
    reply_failure,
)
from prompts_admin.edge.ofrep.streams import STREAM, OfrepStreams
from prompts_admin.edge.uncached_reads import key_of
from prompts_admin.http.representations import PRIVATE, VARY, Header
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.hub import position
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.ofrep_flags import Flags
from prompts_admin.serving.reader_registry import Readers

PREFIX = "/ofrep/"
FLAGS = "/ofrep/v1/evaluate/flags"
MANY = 300
"""From so many flags on they are gathered in a thread, so that nobody else waits."""

_log = logging.getLogger(__name__)


class Ofrep:
    """Answers everything below `/ofrep/`, refusals included."""

    def __init__(
        self,
        gate: Gate,
        live: LiveSnapshot,
        newest: Newest,
        readers: Readers,
        *,
        streams: OfrepStreams,
        cross_origin: CrossOrigin,
    ) -> None:
        self._gate = gate
        self._live = live
        self._newest = newest
        self._readers = readers
        self._streams = streams
        self._cross_origin = cross_origin
        self._flags: Flags | None = None
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Belong to the running event loop."""
        self._streams.begin()

    def close(self) -> None:
        """Say goodbye on every stream."""
        self._streams.close()

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return self._streams.count

    async def __call__(self, request: Request, send: Send) -> None:
        """Answer a request."""
        send = self._cross_origin.allowing(request, send)
        try:
            await self._answer(request, send)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            if await reply_failure(send, error, _name(request)) >= 500:
                _log.exception("A request to %s failed", request.path)

    async def refuse(self, request: Request, send: Send, error: Exception, headers: Iterable[Header]) -> None:
        """Refuse a request that nothing else was looked at of."""
        send = self._cross_origin.allowing(request, send)
        await reply_failure(send, error, _name(request), headers)

    async def _answer(self, request: Request, send: Send) -> None:
        path, method = request.path, request.method
        if method == "OPTIONS":
            await self._cross_origin.preflight(request, send)
        elif path == STREAM:
            _check_method(method, "GET")
            await self._streams.open(request, send)
        elif path == FLAGS or path.startswith(f"{FLAGS}/"):
            _check_method(method, "POST")
            admission = await self._gate.let_in(request.secret)
            self._readers.asked(admission.key, request.address)
            await (self._bulk if path == FLAGS else self._single)(request, send, admission)
        else:
            raise NotFound("not_found", "There is nothing at this address.", "Check the address.")

    async def _single(self, request: Request, send: Send, admission: Admission) -> None:
        asked = await asked_in(request)
        name = _name(request) or ""
        key = key_of(name)
        flags = self._flags_of(await self._snapshot())
        flag = flags.flag(key, asked.context, admission.scope, name=name) if key else None
        if key is None or flag is None:
            raise not_found(name)
        if flags.needs_user(key, asked.context):
            raise no_targeting_key(f"A share decides about '{name}', which")
        await reply(send, 200, flag, (PRIVATE, VARY))

    async def _bulk(self, request: Request, send: Send, admission: Admission) -> None:
        asked = await asked_in(request)
        if not asked.context.user:
            raise no_targeting_key("An evaluation of all flags")
        snapshot = await self._snapshot(told=_told(request))
        streams = self._streams.offered(request, snapshot)
        parts = (position(snapshot), admission.scope.tag, admission.key, streams.tag)
        seen = sha256("\n".join(parts).encode() + asked.digest).hexdigest()
        tag, packed = seen[:32].encode(), request.takes_gzip
        # Other bytes have another tag (RFC 9110, 8.8.3.3); whoever has either knows the state.
        etag = (b'"%s-gzip"' if packed else b'"%s"') % tag
        if tag in request.header(b"if-none-match"):
            await reply(send, 304, b"", (PRIVATE, VARY, (b"etag", etag)))
            return
        flags = self._flags_of(snapshot)
        if len(snapshot.entries) < MANY:
            found = flags.flags(asked.context, admission.scope)
        else:
            found = await asyncio.to_thread(flags.flags, asked.context, admission.scope)
        await send_bulk(send, Bulk(found, streams.document, snapshot), etag, packed=packed)

    async def _snapshot(self, told: str = "") -> Snapshot:
        """Return what is served now; `told` is the position that a stream told the client to ask for."""
        snapshot = await self._newest.get()
        if told and told != position(snapshot):
            # Another process told it. All who wait share one look at the store.
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(asyncio.to_thread(self._live.noticed))
            await asyncio.shield(self._looking)
        return self._live.peek() or snapshot

    def _flags_of(self, snapshot: Snapshot) -> Flags:
        if self._flags is None or self._flags.snapshot is not snapshot:
            self._flags = Flags(snapshot)
        return self._flags


def _check_method(method: str, wanted: str) -> None:
    if method != wanted:
        raise MethodNotAllowed([wanted, "OPTIONS"])


def _name(request: Request) -> str | None:
    """Return the key as it was sent, with `%2F` read as a slash; None where none belongs to the address."""
    return request.path.removeprefix(f"{FLAGS}/") if request.path.startswith(f"{FLAGS}/") else None


def _told(request: Request) -> str:
    return parameters_of(request).get("flagConfigEtag", "")[:100]
