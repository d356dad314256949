"""A moment at which a connection is shut down, whatever it waits for."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Ends the connections that it holds after so many seconds, or when it is told to; used as a context.

    A time-out of a socket counts from the last byte: who sends one now and then is waited for without end. What
    is held is a copy of the descriptor, so that it works through TLS and after the connection was closed.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self.end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    def hold(self, connected: socket.socket) -> None:
        """End this connection too, at once when it is too late already."""
        with self._lock:
            self._held.append(connected.dup())
        if self.is_over:
            self.end()

    def end(self) -> None:
        """Shut down what is held: whoever waits for it is told that nothing follows."""
        self.is_over = True
        with self._lock:
            for held in self._held:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)


def held_by(deadline: Deadline, pool: Any) -> Any:
    """Return urllib3's `pool`, whose connections `deadline` ends, from before their TLS handshake on."""

    class Held(pool.ConnectionCls):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            connected: socket.socket = super()._new_conn()
            deadline.hold(connected)
            return connected

    pool.ConnectionCls = Held
    return pool
