"""The open HTTP stream: another thread can end it, and a forked child can let go of it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any, ClassVar

import urllib3

_CHUNK = 64 * 1024


class HttpStream:
    """The body of an answer that does not end by itself."""

    PATIENCE: ClassVar[float] = 45.0
    """Seconds of silence that end a stream before the server told how often it gives a sign of life."""

    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self._answer = answer

    def read(self) -> bytes:
        """Return the next bytes, empty once the stream ended, was torn or fell silent."""
        try:
            piece: bytes = self._answer.read1(_CHUNK, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            piece = b""
        return piece

    def patience(self, seconds: float) -> None:
        """Take silence of so many seconds as the end."""
        sock = self._socket()
        if sock is not None:
            with suppress(OSError):
                sock.settimeout(seconds)

    def shut(self) -> None:
        """End it; closing alone would leave the reading thread waiting."""
        sock = self._socket()
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        with suppress(OSError, urllib3.exceptions.HTTPError):
            self._answer.close()

    def abandon(self) -> None:
        """Close this process's copy of the descriptor without a word to the server."""
        sock = self._socket()
        if sock is not None:
            with suppress(OSError):
                os.close(sock.detach())

    def _socket(self) -> socket.socket | None:
        connection: Any = getattr(self._answer, "connection", None)
        found: socket.socket | None = getattr(connection, "sock", None)
        return found
