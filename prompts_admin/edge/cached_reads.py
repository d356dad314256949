"""The short way: what most requests ask lies ready under the token, the path and the query.

What does not, refusals included, goes the long way (`routes`), which leaves ready what it makes.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from time import monotonic
from typing import Any

from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.admission import Gate
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.response_cache import Answer, Made, Prepared
from prompts_admin.http.representations import takes_gzip
from prompts_admin.http.resolve_queries import plain_context_of
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.reader_registry import Readers

RESOLVE = "/api/v1/resolve/"
SNAPSHOT = "/api/v1/snapshot"
READER = b"x-prompts-admin-reader"
BEARER = b"Bearer "
NOTE_SECONDS = 5.0
CLIENTS = 4_096
"""How many clients are remembered that were counted a moment ago."""

_SCHEME = len(BEARER)


class Hot:
    """Used on the event loop alone; nothing here waits, and nothing is refused."""

    def __init__(self, gate: Gate, newest: Newest, readers: Readers) -> None:
        self.prepared = Prepared()
        self._gate = gate
        self._newest = newest
        self._readers = readers
        self._noted: dict[tuple[str, str], float] = {}

    def answer(self, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> Answer | None:
        """Return an answer that lies ready, None where the long way has to be gone."""
        sent = headers.get(b"authorization", b"")
        if scope["method"] != "GET" or sent[:_SCHEME] != BEARER:
            return None
        admission = self._gate.known(sent[_SCHEME:])
        snapshot = self._newest.peek()
        if admission is None or snapshot is None:
            return None
        path: str = scope["path"]
        if path == SNAPSHOT:
            made = self._document(snapshot, admission, headers)
        else:
            made = self._decided(snapshot, admission, path, scope["query_string"])
        if made is None:
            return None
        client = scope["client"]
        self.note(admission, client[0] if client else "")
        known = headers.get(b"if-none-match")
        return made.whole if known is None or not made.sent.is_known_to(known) else made.unchanged

    def note(self, admission: Admission, address: str) -> None:
        """Count a client that only asks, once in a while: it is seen within the minute all the same."""
        who, now = (admission.key, address), monotonic()
        if now - self._noted.get(who, 0.0) < NOTE_SECONDS:
            return
        if len(self._noted) >= CLIENTS:
            self._noted.clear()
        self._noted[who] = now
        self._readers.asked(*who)

    def _decided(self, snapshot: Snapshot, admission: Admission, path: str, query: bytes) -> Made | None:
        plan, asked = self.prepared.plan(snapshot, admission.scope, path), plain_context_of(query)
        if plan is None or asked is None:
            return None
        return plan.made[plan.decide(asked.user, asked.groups, asked.attributes)]

    def _document(
        self, snapshot: Snapshot, admission: Admission, headers: Mapping[bytes, bytes]
    ) -> Made | None:
        # What a reader says of itself is heard on the long way.
        if READER in headers:
            return None
        packed = takes_gzip(headers.get(b"accept-encoding", b""))
        return self.prepared.document(snapshot, admission.scope, packed=packed)
