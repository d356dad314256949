"""Which server a command speaks to, and what happens when it is not there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts_cli.failures import Failure
from prompts_cli.options import Options
from prompts_cli.server_choice import named_server, running_server
from prompts_cli.transport.http import RemoteTransport
from prompts_cli.transport.logins import store_login
from prompts_cli.transport.messages import Request
from tests.cli import shapes
from tests.cli.scripted import Ran, ScriptedServer


def test_the_option_wins_over_environment_and_login(home: Path) -> None:
    """--url beats PROMPTS_ADMIN_URL, which beats what `login` stored; --data asks for the local store."""
    environ = {"XDG_CONFIG_HOME": str(home)}
    store_login(environ, "http://stored", "s")
    stored = named_server(Options(), environ)
    assert stored is not None and ("http://stored", "s") == (stored.url, stored.token)
    set_ = {**environ, "PROMPTS_ADMIN_URL": "http://set", "PROMPTS_ADMIN_TOKEN": "t"}
    found = named_server(Options(), set_)
    assert found is not None and ("http://set", "t") == (found.url, found.token)
    given = named_server(Options(url="http://given"), set_)
    assert given is not None and "http://given" == given.url
    assert named_server(Options(data="here"), set_) is None
    assert named_server(Options(), {**environ, "PROMPTS_ADMIN_DATA": "here"}) is None


def test_a_stored_token_goes_to_its_own_server_alone(home: Path) -> None:
    """The token of one login is not sent to another address."""
    environ = {"XDG_CONFIG_HOME": str(home)}
    store_login(environ, "http://mine", "secret")
    other = named_server(Options(url="http://other"), environ)
    assert other is not None and "" == other.token


def test_the_login_file_is_for_its_owner_alone(home: Path) -> None:
    """Tokens lie in a file of mode 0600."""
    environ = {"XDG_CONFIG_HOME": str(home)}
    store_login(environ, "http://mine", "secret")
    assert 0o600 == (home / "prompts-admin" / "login.json").stat().st_mode & 0o777


def test_a_running_server_is_found_by_its_run_file(
    home: Path, run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """The run file names the local server; its token is sent only after something answered there."""
    data = home / "store"
    data.mkdir()
    (data / "server.json").write_text(json.dumps({"url": server.url, "pid": 1, "token": "local_x"}))
    server.script["GET", "/healthz"] = {"status": "ok"}
    server.script["GET", "/status"] = {"items": [], "next": None}
    ran = run("status", "--data", str(data), "--as", "pm@example.com", "--json", remote=False)
    assert (0, []) == (ran.code, ran.document)
    probe, asked = server.seen
    assert "authorization" not in probe.headers
    assert ("Bearer local_x", "pm@example.com") == (
        asked.headers["authorization"],
        asked.headers["x_prompts_admin_as"],
    )


def test_a_run_file_left_behind_is_passed_over(home: Path) -> None:
    """A server that was killed leaves its file; nobody answers there, so it counts as not running."""
    (home / "server.json").write_text(json.dumps({"url": f"http://127.0.0.1:{free_port()}", "token": "x"}))
    assert running_server(Options(data=str(home)), {}) is None
    (home / "server.json").write_text("{")
    assert running_server(Options(data=str(home)), {}) is None


def test_no_server_is_exit_6(run: Callable[..., Ran]) -> None:
    """An address where nothing listens: unreachable, and where to look."""
    ran = run("status", "--url", f"http://127.0.0.1:{free_port()}", "--json", remote=False)
    assert (6, "unreachable") == (ran.code, ran.document["code"])
    assert "refuses connections" in ran.err and "next: " in ran.err


def test_no_store_is_exit_6(run: Callable[..., Ran], home: Path) -> None:
    """Without a server and without a store nothing is made; the message says how to begin."""
    ran = run("status", "--data", str(home / "nowhere"), remote=False)
    assert 6 == ran.code
    assert "prompts-admin up --demo" in ran.err
    assert not (home / "nowhere").exists()


@pytest.mark.parametrize(
    "url", ["ftp://x", "http://", "http://user:word@x", "x", "http://x:99999", "http://a b"]
)
def test_a_wrong_address_is_a_usage_error(url: str, run: Callable[..., Ran]) -> None:
    """What is no address of a server is refused before anything is sent."""
    assert 2 == run("status", "--url", url, remote=False).code


def test_a_stranger_on_the_port_is_told_apart(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """An answer that is no JSON comes from some other program."""
    server.script["GET", "/status"] = (200, b"<html>")
    ran = run("status")
    assert 6 == ran.code
    assert "not one of a prompts-admin server" in ran.err


def test_a_lost_connection_is_tried_again_with_the_same_key() -> None:
    """A change that lost its connection is sent again under the same Idempotency-Key, so it happens once."""
    listener = socket.create_server(("127.0.0.1", 0))
    heads: list[bytes] = []
    thread = threading.Thread(target=answer_the_second, args=(listener, heads))
    thread.start()
    transport = RemoteTransport(f"http://127.0.0.1:{listener.getsockname()[1]}")
    answer = transport.send(Request("POST", "/api/v1/x", {"Idempotency-Key": "k1"}, b"{}"))
    transport.close()
    thread.join()
    listener.close()
    assert (200, 2) == (answer.status, len(heads))
    assert all(b"Idempotency-Key: k1" in head for head in heads)


def test_a_silent_server_is_given_up() -> None:
    """A server that takes the connection and says nothing is unreachable after the time allowed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = RemoteTransport(f"http://127.0.0.1:{listener.getsockname()[1]}", answer_seconds=0.1)
        with pytest.raises(Failure) as caught:
            transport.send(Request("GET", "/api/v1/status"))
    assert (6, True) == (caught.value.exit_code, "0.1 seconds" in str(caught.value))


def test_each_change_has_a_key_of_its_own(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Two invocations are two changes; both carry an Idempotency-Key."""
    server.script["POST", "/releases/12/apply"] = shapes.RELEASE
    run("apply", "12")
    run("apply", "12")
    first, second = (request.headers["idempotency_key"] for request in server.seen)
    assert len(first) == 32 and first != second


def answer_the_second(listener: socket.socket, heads: list[bytes]) -> None:
    """Close the first connection without a word, answer on the second."""
    for last in (False, True):
        connection, _ = listener.accept()
        with connection:
            heads.append(connection.recv(65536))
            if last:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
