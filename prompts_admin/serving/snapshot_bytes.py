"""The bytes of `/snapshot`: made on first request, once for each revision and scope, with a strong ETag."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from prompts_admin.domain.targeting.snapshot import Snapshot, entry_json, frame_json
from prompts_admin.serving.recently_used import RecentlyUsed
from prompts_admin.serving.scopes import Scope, scoped
from prompts_admin.serving.snapshot_changes import digest_of

_COMPRESSION = 5
_MOST_SCOPES = 32


@dataclass(frozen=True)
class Document:
    """A snapshot as it goes over the wire; the compressed variant is made when first asked for."""

    body: bytes
    tag: str

    @property
    def etag(self) -> str:
        """The strong ETag of `body`."""
        return f'"{self.tag}"'

    @property
    def gzip_etag(self) -> str:
        """The strong ETag of `gzipped`, another one since the bytes are others (RFC 9110, 8.8.3.3)."""
        return f'"{self.tag}-gzip"'

    @cached_property
    def digest(self) -> str:
        """The digest of `body` as `Repr-Digest` writes it."""
        return digest_of(self.body)

    @cached_property
    def gzipped(self) -> bytes:
        """The body compressed with gzip."""
        return gzip.compress(self.body, _COMPRESSION, mtime=0)


class Documents:
    """The documents of the newest revision by scope; the ones least recently asked for are dropped."""

    def __init__(self, most: int = _MOST_SCOPES) -> None:
        self._of: Snapshot | None = None
        self._made: RecentlyUsed[Scope, Document] = RecentlyUsed(most)

    def get(self, snapshot: Snapshot, scope: Scope) -> Document:
        """Return the document of what a scope sees of a snapshot."""
        # One at a time: making a document twice would take longer than waiting for it.
        with self._made.lock:
            if self._of is not snapshot:
                self._of = snapshot
                self._made.clear()
            document = self._made.get(scope)
            if document is None:
                document = make_document(snapshot, scope)
                self._made.put(scope, document)
            return document


def make_document(snapshot: Snapshot, scope: Scope) -> Document:
    """Encode what a scope sees of a snapshot."""
    tag = f"{snapshot.epoch}-{snapshot.revision}-{scope.tag}"
    return Document(encode(scoped(snapshot, scope)), tag)


def encode(snapshot: Snapshot) -> bytes:
    """Return the snapshot document as JSON, put together from pieces that stay the same between revisions."""
    frame = _json(frame_json(snapshot))
    entries = _object(
        (key, _json({stage: entry_json(entry) for stage, entry in on.items()}))
        for key, on in snapshot.entries.items()
    )
    versions = _object(
        (key, _object((str(number), version.encoded) for number, version in kept.items()))
        for key, kept in snapshot.versions.items()
    )
    return b'%s,"entries":%s,"versions":%s}' % (frame[:-1], entries, versions)


def _object(members: Iterable[tuple[str, bytes]]) -> bytes:
    return b"{%s}" % b",".join(b"%s:%s" % (_json(name), value) for name, value in members)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
