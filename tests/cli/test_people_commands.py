"""user, token, get, explain, audit, mirror: what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.scripted import Ran, ScriptedServer

USER = {
    "email": "ana@example.com",
    "name": "Ana",
    "active": True,
    "roles": [{"role": "editor", "feature": "*"}],
}
VALUE = {
    "messages": [{"role": "user", "content": "{{ticket}} {{count}}"}, {"placeholder": "history"}],
    "variables": {"ticket": {"type": "string"}, "count": {"type": "integer"}},
    "model": None,
    "response_format": None,
    "tools": None,
}
SERVED = {
    "key": "support/triage",
    "kind": "prompt",
    "version": 7,
    "digest": "sha256:ab",
    "stage": "full",
    "reason": "STATIC",
    "value": VALUE,
}


@pytest.mark.parametrize(
    ("words", "route", "body"),
    [
        (
            ("user", "add", "ana@example.com", "--name", "Ana", "--role", "editor", "--feature", "support"),
            ("POST", "/users"),
            {"email": "ana@example.com", "name": "Ana", "roles": [{"role": "editor", "feature": "support"}]},
        ),
        (
            ("user", "grant", "ana@example.com", "legal"),
            ("PATCH", "/users/ana@example.com"),
            {"grant": [{"role": "legal", "feature": "*"}]},
        ),
        (
            ("user", "disable", "ana@example.com", "--successor", "ben@example.com"),
            ("PATCH", "/users/ana@example.com"),
            {"active": False, "successor": "ben@example.com"},
        ),
        (("user", "enable", "a?b#c%41@x"), ("PATCH", "/users/a?b#c%41@x"), {"active": True}),
        (
            ("copy", "support/triage", "support.short"),
            ("POST", "/artifacts/support/triage/copy"),
            {"key": "support/short"},
        ),
        (("archive", "support/triage"), ("POST", "/artifacts/support/triage/archive"), {}),
        (("unarchive", "support/triage"), ("POST", "/artifacts/support/triage/unarchive"), {}),
        (("mirror", "rebuild"), ("POST", "/mirror/rebuild"), {}),
        (("publish",), ("POST", "/publish"), {}),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_the_command_asks_for_what_it_says(
    words: tuple[str, ...],
    route: tuple[str, str],
    body: dict[str, Any],
    run: Callable[..., Ran],
    server: ScriptedServer,
) -> None:
    """Each option arrives as the field of the contract; a value in a path begins no query."""
    server.script[route] = {**USER, "key": "x/y", "number": 1, "branches": {}, "scopes": [], "removed": 0}
    assert 0 == run(*words).code
    assert body == server.last(route[0]).body


def test_a_token_is_shown_once(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`token create` prints the secret; --json prints {id, token, ...}."""
    server.script["POST", "/tokens"] = (
        201,
        {"id": "7", "name": "site", "role": "serve", "token": "pa_secret"},
    )
    words = (
        "token",
        "create",
        "--name",
        "site",
        "--role",
        "serve",
        "--feature",
        "support",
        "--expires",
        "2027-01-01T00:00Z",
    )
    assert "pa_secret" in run(*words).out
    assert {"id": "7", "name": "site", "role": "serve", "token": "pa_secret"} == run(
        *words, "--json"
    ).document
    assert {
        "name": "site",
        "role": "serve",
        "features": ["support"],
        "expires": "2027-01-01T00:00:00Z",
    } == server.last().body


def test_get_asks_as_serving_code_does(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """User, groups and attributes go as the query of `resolve`."""
    server.script["GET", "/resolve/support/triage"] = SERVED
    ran = run(
        "get",
        "support/triage",
        "--user",
        "u 1",
        "--group",
        "a",
        "--group",
        "b",
        "--attr",
        "plan=p=1",
        "--json",
    )
    assert SERVED == ran.document
    assert "user=u+1&group=a&group=b&attr.plan=p%3D1" == server.last("GET").query


def test_get_renders_with_typed_values(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """With --var messages are rendered; values of declared types other than text are read as JSON."""
    server.script["GET", "/resolve/support/triage"] = SERVED
    server.script["POST", "/resolve/support/triage"] = SERVED
    assert 0 == run("get", "support/triage", "--stage", "beta", "--var", "ticket=5", "--var", "count=5").code
    assert {
        "context": {"groups": [], "attributes": {}},
        "values": {"ticket": "5", "count": 5},
        "stage": "beta",
    } == server.last().body


def test_explain_tells_the_steps_and_who_decided(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """The answer, each step as a sentence, the release and who signed it."""
    server.script["GET", "/explain"] = {
        "key": "support/triage",
        "version": 7,
        "author": "pm@example.com",
        "stage": "full",
        "reason": "DEFAULT",
        "steps": [{"sentence": "Not in the audience of beta."}],
        "decided": {
            "release": 12,
            "kind": "promotion",
            "proposed_by": "pm@example.com",
            "approved_by": [{"email": "lena@example.com", "role": "legal"}],
            "signed": True,
        },
    }
    out = run("explain", "support/triage", "--user", "u-17", "--at", "2026-11-20T18:00Z").out
    assert "key=support%2Ftriage&at=2026-11-20T18%3A00%3A00Z&user=u-17" == server.last("GET").query
    for part in ("support/triage@7", "Not in the audience of beta.", "signed by lena@example.com as legal"):
        assert part in out


def test_a_broken_audit_chain_is_exit_1(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`audit verify` ends with 1 when the chain does not hold, with the document on standard output."""
    verdict = {"ok": False, "entries": 3, "head": "ab", "problems": ["entry 2 was changed"]}
    server.script["GET", "/audit/verify"] = verdict
    ran = run("audit", "verify", "--json")
    assert (1, verdict) == (ran.code, ran.document)
    assert "entry 2 was changed" in run("audit", "verify").out


def test_a_push_that_failed_is_exit_1(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`mirror push` tells what the remote said, and ends with 1 when it took nothing."""
    refused = {"ok": False, "reason": "diverged", "detail": "main was changed there"}
    server.script["POST", "/mirror/push"] = refused
    ran = run("mirror", "push", "--json")
    assert (1, refused) == (ran.code, ran.document)
    assert "diverged main was changed there" in run("mirror", "push").out


def test_a_snapshot_goes_to_a_file(run: Callable[..., Ran], server: ScriptedServer, tmp_path: Path) -> None:
    """`snapshot --output` writes the document whole, `snapshot` prints it."""
    server.script["GET", "/snapshot"] = {"format": 1, "revision": 812}
    assert {"format": 1, "revision": 812} == run("snapshot").document
    file = tmp_path / "snapshot.json"
    assert {"file": str(file), "revision": 812} == run("snapshot", "-o", str(file), "--json").document
    assert '{"format": 1, "revision": 812}' == file.read_text()


def test_a_file_that_cannot_be_written_is_named(
    run: Callable[..., Ran], server: ScriptedServer, tmp_path: Path
) -> None:
    """What this machine refuses ends with 1 and the file's name, never with a traceback."""
    server.script["GET", "/snapshot"] = {"format": 1, "revision": 812}
    (tmp_path / "file").write_text("")
    ran = run("snapshot", "-o", str(tmp_path / "file" / "x.json"))
    assert (1, True) == (ran.code, "file" in ran.err)


def test_tokens_that_ended_say_so(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """A revoked or expired token is not shown like one that opens doors."""
    then = "2020-01-02T03:04:05Z"
    same = {"role": "serve", "features": [], "clearance": "internal", "user": None, "used_at": None}
    tokens = [
        {"id": "t1", "name": "one", **same, "expires_at": None, "revoked_at": then, "active": False},
        {"id": "t2", "name": "two", **same, "expires_at": then, "revoked_at": None, "active": False},
        {"id": "t3", "name": "three", **same, "expires_at": None, "revoked_at": None, "active": True},
    ]
    server.script["GET", "/tokens"] = {"items": tokens, "next": None}
    lines = {line.split()[0]: line for line in run("token", "list").out.splitlines() if line.startswith("t")}
    assert "revoked" in lines["t1"] and "expired" in lines["t2"]
    assert "revoked" not in lines["t3"] and "expired" not in lines["t3"]
