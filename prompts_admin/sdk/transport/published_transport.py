"""The published snapshot: a pointer in a folder or on a CDN, and the content that it names.

No token is needed: the address itself is the secret, so it stands in no message. All that is read is bounded, and
held against the digest that the pointer tells.
"""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

import urllib3

from prompts_admin.sdk.freshness import PUBLISHED
from prompts_admin.sdk.transport.port import MOST_BYTES, Failed, Fetched, Outcome, Transport, Unchanged

FORMAT = 1
_FILE = re.compile(r"([0-9a-f]{64})\.json\.gz")
_MOST_POINTER = 64 * 1024
_CHUNK = 64 * 1024
_DEADLINE = 60.0
_TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
_ONCE_MORE = urllib3.Retry(1, connect=0, redirect=0, status=0, other=0, respect_retry_after_header=False)
# The ETag of the server or of this transport: both begin with epoch and revision.
_HELD = re.compile(r'"(.+)-(\d+)-[^-"]+"')
_FAULTS = (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError, zlib.error)


class PublishedTransport:
    """Reads a pointer's address: http, https or file. Redirects are not followed."""

    def __init__(self, url: str, *, most_bytes: int = MOST_BYTES) -> None:
        parts = urlsplit(url)
        is_file = parts.scheme == "file" and not parts.netloc and parts.path
        if not is_file and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("The snapshot_url must be 'https://.../current.json' or 'file:///...'.")
        self._url = url
        self._most_bytes = most_bytes
        self._pool: urllib3.PoolManager | None = None
        self._process = 0
        self._seen: tuple[str, bytes] | None = None

    def fetch(self, etag: str | None) -> Outcome:
        """Read the pointer, and the content unless it is what `etag` names or older."""
        try:
            pointer = _parse_pointer(self._read(self._url, _MOST_POINTER, is_pointer=True))
            held = _HELD.fullmatch(etag or "")
            if held and held[1] == pointer.epoch and int(held[2]) == pointer.revision:
                return Unchanged(PUBLISHED)
            if held and held[1] == pointer.epoch and int(held[2]) > pointer.revision:
                return Failed(f"What is published is revision {pointer.revision}, older than what is held.")
            content = self._read(urljoin(self._url, pointer.file), pointer.size)
            return Fetched(_parse_content(pointer, content, self._most_bytes), pointer.etag, PUBLISHED)
        except _FAULTS as error:
            # Messages of libraries repeat addresses.
            reason = str(error) if isinstance(error, Malformed) else type(error).__name__
            return Failed(f"The published snapshot cannot be read: {reason}.")

    def close(self) -> None:
        """Close the connections."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.clear()

    def _read(self, url: str, most: int, *, is_pointer: bool = False) -> bytes:
        """Return the bytes; those of the last time where the server says that a pointer still has them."""
        if url.startswith("file:"):
            with Path(url2pathname(urlsplit(url).path)).open("rb") as file:
                return _bounded(file.read(most + 1), most)
        seen = self._seen if is_pointer else None
        answer = self._get(url, {"If-None-Match": seen[0]} if seen else {})
        try:
            if answer.status == 304 and seen:
                return seen[1]
            body = _body(answer, most)
        finally:
            answer.release_conn()
        if is_pointer:
            tag = answer.headers.get("ETag")
            self._seen = (tag, body) if tag else None
        return body

    def _get(self, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        if self._pool is None or self._process != os.getpid():
            # A forked child must not speak into its parent's connection.
            self._pool = urllib3.PoolManager(maxsize=1, retries=_ONCE_MORE, timeout=_TIMEOUT)
            self._process = os.getpid()
        # Content is stored compressed: whoever compresses or unpacks on the way would change the bytes.
        told = {"User-Agent": "prompts-admin-sdk", "Accept-Encoding": "identity", **headers}
        return self._pool.request(
            "GET", url, headers=told, redirect=False, preload_content=False, decode_content=False
        )


class FallbackTransport:
    """Asks the server first, and where that fails what it published; a refused token is refused here too."""

    def __init__(self, server: Transport, published: Transport) -> None:
        self._server = server
        self._published = published

    def fetch(self, etag: str | None) -> Outcome:
        """Ask the server, then the other; the server's failure is told in either case."""
        outcome = self._server.fetch(etag)
        if not isinstance(outcome, Failed) or outcome.is_barred:
            return outcome
        second = self._published.fetch(etag)
        return outcome if isinstance(second, Failed) else replace(second, problem=outcome.problem)

    def close(self) -> None:
        """Close the connections of both."""
        self._server.close()
        self._published.close()


class Malformed(ValueError):
    """What was read is not what it should be; the message is ours, and holds no address."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says: which content there is, and of which state."""

    epoch: str
    revision: int
    file: str
    size: int

    @property
    def etag(self) -> str:
        """The ETag of the snapshot, in the form of the server's: epoch, revision, and what it is."""
        return f'"{self.epoch}-{self.revision}-published"'


def _parse_pointer(content: bytes) -> Pointer:
    told = json.loads(content)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Malformed(f"the pointer is not of format {FORMAT}")
    epoch, revision, file, size = (told.get(name) for name in ("epoch", "revision", "file", "size"))
    named = _FILE.fullmatch(file) if isinstance(file, str) else None
    if not named or type(revision) is not int or type(size) is not int or not isinstance(epoch, str):
        raise Malformed("the pointer lacks what it should tell")
    if told.get("digest") != f"sha256:{named[1]}" or not 0 < size <= MOST_BYTES:
        raise Malformed("the pointer contradicts itself")
    return Pointer(epoch, revision, named[0], size)


def _parse_content(pointer: Pointer, content: bytes, most: int) -> Any:
    """Return the snapshot document; raises Malformed for any other than the pointer's, or too large a one."""
    if f"{sha256(content).hexdigest()}.json.gz" != pointer.file:
        raise Malformed("the content does not have the digest that the pointer tells")
    # Unpacking stops at the bound: a small file may unpack to any size.
    unpacker = zlib.decompressobj(wbits=31)
    body = _bounded(unpacker.decompress(content, most + 1), most)
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("the content is not one whole gzip file")
    document = json.loads(body)
    told = (document.get("epoch"), document.get("revision")) if isinstance(document, dict) else None
    if told != (pointer.epoch, pointer.revision):
        raise Malformed("the content is of another revision than the pointer tells")
    return document


def _body(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    if answer.status != 200:
        answer.close()
        raise Malformed(f"the answer is {answer.status}")
    body, deadline = bytearray(), time.monotonic() + _DEADLINE
    while chunk := answer.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > most or time.monotonic() > deadline:
            answer.close()
            raise Malformed(f"it has more than {most} bytes or takes more than {_DEADLINE:.0f} seconds")
    return bytes(body)


def _bounded(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise Malformed(f"it has more than {most} bytes")
    return content
