"""What `resolve` and `snapshot` send: bytes with the headers that belong to them, the same from both faces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from prompts_admin.serving.snapshot_bytes import Document

Header = tuple[bytes, bytes]

PRIVATE: Header = (b"cache-control", b"private, no-cache")
VARY: Header = (b"vary", b"Accept-Encoding, Authorization, X-API-Key")
GZIPPED: Header = (b"content-encoding", b"gzip")
GZIP_FROM = 1_000
"""Shorter bodies, in bytes, are sent as they are."""
_NO_QUALITY = (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")


@dataclass(frozen=True, slots=True)
class Representation:
    """A body with its strong ETag; `twin` is the ETag of the same in the other encoding, `etag` where there is none.

    `headers` are those of a 200; of a 304 they are the same (RFC 9110, 15.4.5).
    """

    body: bytes
    etag: bytes
    twin: bytes
    headers: tuple[Header, ...]

    def is_known_to(self, if_none_match: bytes) -> bool:
        """Tell whether the header `If-None-Match` names this in any encoding: 304 is due."""
        return self.etag in if_none_match or self.twin in if_none_match or if_none_match.strip() == b"*"


def of_answer(body: bytes) -> Representation:
    """Return the answer to `resolve` with an ETag of its content."""
    etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
    return _representation(body, etag, etag)


def of_document(document: Document, *, packed: bool) -> Representation:
    """Return a snapshot as it is, or `packed` by gzip where that is worth it."""
    plain, zipped = document.etag.encode(), document.gzip_etag.encode()
    digest = (b"repr-digest", document.digest.encode())
    if packed and len(document.body) > GZIP_FROM:
        return _representation(document.gzipped, zipped, plain, digest, GZIPPED)
    return _representation(document.body, plain, zipped, digest)


@lru_cache(256)
def takes_gzip(accepted: bytes) -> bool:
    """Tell whether the header `Accept-Encoding` takes gzip (RFC 9110, 12.5.3)."""
    qualities = {}
    for part in accepted.split(b","):
        name, _, quality = part.partition(b";")
        qualities[name.strip().lower()] = quality.replace(b" ", b"")
    found = qualities.get(b"gzip", qualities.get(b"*"))
    return found is not None and found not in _NO_QUALITY


def _representation(body: bytes, etag: bytes, twin: bytes, *more: Header) -> Representation:
    return Representation(body, etag, twin, (PRIVATE, VARY, (b"etag", etag), *more))
