"""Reading what a server published to a folder or a CDN: the pointer, then the content that it names.

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
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

import urllib3

from prompts_admin.sdk.freshness import PUBLISHED
from prompts_admin.sdk.transport.pointers import Broken, Pointer, bounded, read_pointer, unpacked
from prompts_admin.sdk.transport.port import MOST_BYTES, Failed, Fetched, Outcome, Unchanged

_MOST_POINTER = 64 * 1024
_CHUNK = 64 * 1024
_DEADLINE = 60.0
_TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
_ONCE_MORE = urllib3.Retry(1, connect=0, redirect=0, status=0, other=0, respect_retry_after_header=False)
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
            pointer = read_pointer(self._pointer())
            held = _HELD.fullmatch(etag or "")
            if held and held[1] == pointer.epoch and int(held[2]) >= pointer.revision:
                return self._nothing_new(pointer, int(held[2]))
            content = self._read(pointer.file, pointer.size)
            return Fetched(self._document(pointer, content), pointer.etag, PUBLISHED)
        except _FAULTS as error:
            # Messages of libraries repeat addresses.
            reason = str(error) if isinstance(error, Broken) else type(error).__name__
            return Failed(f"The published snapshot cannot be read: {reason}.")

    def close(self) -> None:
        """Close the connections."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.clear()

    def _nothing_new(self, pointer: Pointer, held: int) -> Outcome:
        if held == pointer.revision:
            return Unchanged(PUBLISHED)
        return Failed(f"What is published is revision {pointer.revision}, older than what is held.")

    def _pointer(self) -> bytes:
        """Return the pointer's bytes, those of the last time where the server says that they still are."""
        if self._url.startswith("file:"):
            return self._file(self._url, _MOST_POINTER)
        answer = self._get(self._url, {"If-None-Match": self._seen[0]} if self._seen else {})
        try:
            if answer.status == 304 and self._seen:
                return self._seen[1]
            body = _body(answer, _MOST_POINTER)
        finally:
            answer.release_conn()
        tag = answer.headers.get("ETag")
        self._seen = (tag, body) if tag else None
        return body

    def _read(self, name: str, size: int) -> bytes:
        url = urljoin(self._url, name)
        if url.startswith("file:"):
            return self._file(url, size)
        answer = self._get(url, {})
        try:
            return _body(answer, size)
        finally:
            answer.release_conn()

    def _file(self, url: str, most: int) -> bytes:
        with Path(url2pathname(urlsplit(url).path)).open("rb") as file:
            return bounded(file.read(most + 1), most)

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

    def _document(self, pointer: Pointer, content: bytes) -> Any:
        if f"{sha256(content).hexdigest()}.json.gz" != pointer.file:
            raise Broken("the content does not have the digest that the pointer tells")
        document = json.loads(unpacked(content, self._most_bytes))
        told = (document.get("epoch"), document.get("revision")) if isinstance(document, dict) else None
        if told != (pointer.epoch, pointer.revision):
            raise Broken("the content is of another revision than the pointer tells")
        return document


def _body(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    if answer.status != 200:
        answer.close()
        raise Broken(f"the answer is {answer.status}")
    body, deadline = bytearray(), time.monotonic() + _DEADLINE
    while chunk := answer.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > most or time.monotonic() > deadline:
            answer.close()
            raise Broken(f"it has more than {most} bytes or takes more than {_DEADLINE:.0f} seconds")
    return bytes(body)
