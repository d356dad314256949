"""login and logout: where commands go, and with which token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.scripted import Ran, ScriptedServer, problem

ME = {"actor": "ana@example.com", "email": "ana@example.com", "name": "Ana", "roles": [], "demo": False}


@pytest.fixture(autouse=True)
def someone(server: ScriptedServer) -> None:
    """A server that knows Ana."""
    server.script["POST", "/sessions"] = (201, {"token": "ps_session", "email": "ana@example.com"})
    server.script["DELETE", "/sessions/current"] = {"ended": 1}
    server.script["GET", "/me"] = ME
    server.script["GET", "/status"] = {"items": [], "next": None}


def test_a_login_with_a_token_is_remembered(
    run: Callable[..., Ran], server: ScriptedServer, home: Path
) -> None:
    """After `login URL --token` commands go there with that token; `logout` ends it and forgets."""
    ran = run("login", server.url + "/", "--token", "pa_x", "--json", remote=False)
    assert (0, "ana@example.com") == (ran.code, ran.document["email"])
    assert 0 == run("status", remote=False).code
    assert "Bearer pa_x" == server.last("GET").headers["authorization"]
    assert 0 == run("logout", remote=False).code
    assert "pa_x" not in (home / "config/prompts-admin/login.json").read_text()
    assert 6 == run("status", remote=False).code
    assert 3 == run("logout", remote=False).code


def test_a_password_is_read_from_standard_input(
    run: Callable[..., Ran], server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """--password-stdin suits scripts; the session's token is stored, the password is not."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert 0 == run("login", server.url, "--email", "ana@example.com", "--password-stdin", remote=False).code
    assert {"email": "ana@example.com", "password": "correct horse"} == server.last().body
    stored = (home / "config/prompts-admin/login.json").read_text()
    assert "ps_session" in stored and "correct horse" not in stored
    assert 0 == run("logout", remote=False).code
    assert "Bearer ps_session" == server.last("DELETE").headers["authorization"]


def test_a_demo_login_needs_no_password(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """On a demo server `login URL --as EMAIL` signs in as that person."""
    assert 0 == run("login", server.url, "--as", "pm@example.com", remote=False).code
    assert {"email": "pm@example.com"} == server.last().body


def test_a_refused_login_stores_nothing(run: Callable[..., Ran], server: ScriptedServer, home: Path) -> None:
    """A wrong token is told at once and not kept."""
    server.script["GET", "/me"] = (401, problem("unauthenticated", "not valid", 401))
    assert 5 == run("login", server.url, "--token", "pa_wrong", remote=False).code
    assert not (home / "config").exists()


def test_nobody_to_ask_is_a_usage_error(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Without a terminal the ways to give a password are named."""
    ran = run("login", server.url, "--email", "ana@example.com", remote=False)
    assert (2, True) == (ran.code, "--password-stdin" in ran.err)


def test_a_damaged_login_file_is_no_login(run: Callable[..., Ran], home: Path) -> None:
    """A file that is no JSON counts as not logged in."""
    path = home / "config/prompts-admin/login.json"
    path.parent.mkdir(parents=True)
    for text in ("{", json.dumps([1]), json.dumps({"current": 3, "servers": {"x": 1}})):
        path.write_text(text)
        assert 6 == run("status", remote=False).code
