"""The event parser: server-sent events from bytes as they arrive (WHATWG HTML, 9.2.6), within bounds."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from hashlib import sha256

MOST_BYTES = 64 * 1024 * 1024
"""The most bytes of one event; a larger one is an attack or a mistake."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `digest` is what the server says of `data`, empty when it says nothing."""

    kind: str
    data: bytes
    digest: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether the data are what the server sent, as far as it said."""
        return not self.digest or self.digest == digest_of(self.data)


@dataclass(slots=True)
class EventParser:
    """Takes bytes in pieces of any size; an event that is not complete is never given out."""

    most_bytes: int = MOST_BYTES
    retry: float | None = None
    """Seconds to wait before the next connection, as the server asked last."""
    _buffer: bytearray = field(default_factory=bytearray)
    _scanned: int = 0
    _is_first: bool = True
    _kind: str = ""
    _digest: str = ""
    _data: list[bytes] = field(default_factory=list)
    _size: int = 0

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that `piece` completes; raises ValueError for one beyond the bound."""
        self._buffer += piece
        if self._size + len(self._buffer) > self.most_bytes:
            raise ValueError(f"An event has more than {self.most_bytes} bytes.")
        found: list[Event] = []
        start = 0
        while (end := _LINE_END.search(self._buffer, max(start, self._scanned))) is not None:
            # A lone CR at the end may be half of a CR LF: the next piece tells.
            if end[0] == b"\r" and end.end() == len(self._buffer):
                break
            event = self._line(bytes(self._buffer[start : end.start()]))
            start = end.end()
            if event is not None:
                found.append(event)
        del self._buffer[:start]
        self._scanned = max(0, len(self._buffer) - 1)
        return found

    def _line(self, line: bytes) -> Event | None:
        if self._is_first:
            self._is_first, line = False, line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
        elif name == b"event":
            self._kind = value.decode("utf-8", "replace")
        elif name == b"digest":
            self._digest = value.decode("ascii", "replace").strip()
        elif name == b"retry" and value.isdigit() and len(value) < 10:
            self.retry = int(value) / 1000
        return None

    def _dispatch(self) -> Event | None:
        event = Event(self._kind or "message", b"\n".join(self._data), self._digest) if self._data else None
        self._kind, self._digest, self._data, self._size = "", "", [], 0
        return event


def digest_of(body: bytes) -> str:
    """Return a digest as the header `Repr-Digest` writes it (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"


def fits(body: bytes, repr_digest: str | None) -> bool:
    """Tell whether a body is what its `Repr-Digest` says; one of other algorithms, or none, says nothing."""
    told = [one.strip() for one in (repr_digest or "").split(",")]
    told = [one for one in told if one.lower().startswith("sha-256=")]
    return not told or digest_of(body) in told
