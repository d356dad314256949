"""A head that never ends keeps no connection; whoever asks, is answered or follows keeps theirs."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.edges import Served, serving
from tests.support.world import Api

HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def served(shared_world: Api) -> Iterator[Served]:
    """A server for tests that change nothing."""
    with serving(shared_world) as found:
        yield found


@pytest.mark.parametrize("sent", [b"", HEAD, b"G"], ids=["nothing", "half a head", "a letter"])
def test_who_never_ends_a_head_is_cut_at_the_second_look(served: Served, sent: bytes) -> None:
    """The first look may have come in the middle of an honest head."""
    with _connected(served, sent) as line:
        _look(served)
        assert not _is_cut(line)
        _look(served)
        assert _is_cut(line)


def test_a_second_head_on_a_used_connection_is_cut_too(served: Served) -> None:
    """After the first one uvicorn counts seconds only until the next byte comes."""
    with _connected(served, HEAD + b"\r\n") as line:
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        line.sendall(HEAD)
        time.sleep(0.1)
        _look(served)
        _look(served)
        assert _is_cut(line)


def test_who_has_asked_and_who_follows_are_left_alone(served: Served) -> None:
    """A used connection that is kept for the next request, and a stream that is silent for long."""
    with served.stream() as events, _connected(served, HEAD + b"\r\n") as line:
        events.next()
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        for _ in range(3):
            _look(served)
        assert not _is_cut(line)
        line.sendall(HEAD + b"\r\n")
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        assert not events.response.closed


def _look(served: Served) -> None:
    """Look on the loop of the server, and wait for it."""
    done: list[bool] = []
    loop = served.server.servers[0].get_loop()
    loop.call_soon_threadsafe(lambda: done.append(served.server.half_open.look() is None))
    until = time.monotonic() + 10
    while not done and time.monotonic() < until:
        time.sleep(0.005)
    assert done


@contextmanager
def _connected(served: Served, sent: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as line:
        line.sendall(sent)
        # The server has to have seen it before it is looked at.
        time.sleep(0.1)
        yield line


def _is_cut(line: socket.socket) -> bool:
    line.settimeout(0.3)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    finally:
        line.settimeout(5)
