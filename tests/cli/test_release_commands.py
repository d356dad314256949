"""promote, approve, rollback and the others: what they ask the server for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli import shapes
from tests.cli.scripted import Ran, ScriptedServer, problem

ASKED: list[tuple[tuple[str, ...], tuple[str, str], dict[str, Any]]] = [
    (
        ("promote", "support/triage", "support.reply@3", "--to", "internal"),
        ("POST", "/releases"),
        {"stage": "internal", "items": [{"key": "support/triage"}, {"key": "support/reply", "version": 3}]},
    ),
    (
        ("promote", "--percent", "0.5", "--up-to", "50", "support/triage@8", "--to", "beta", "--manual"),
        ("POST", "/releases"),
        {
            "stage": "beta",
            "items": [{"key": "support/triage", "version": 8, "percentage": 0.5, "up_to": 50.0}],
            "apply": "manual",
        },
    ),
    (
        (
            "promote",
            "a/b",
            "--to",
            "full",
            "--at",
            "2026-12-01T08:00Z",
            "--ack",
            "breaking",
            "--break-glass",
            "fire",
        ),
        ("POST", "/releases"),
        {
            "stage": "full",
            "items": [{"key": "a/b"}],
            "apply": "2026-12-01T08:00:00Z",
            "acknowledge": ["breaking"],
            "break_glass": "fire",
        },
    ),
    (
        (
            "rollback",
            "support/triage@7",
            "support/fast",
            "--stage",
            "full",
            "--to",
            "v6",
            "--reason",
            "French",
        ),
        ("POST", "/rollbacks"),
        {"keys": ["support/triage@7", "support/fast"], "stages": ["full"], "to": 6, "reason": "French"},
    ),
    (
        ("rollback", "--release", "12", "--only", "--dry-run"),
        ("POST", "/rollbacks"),
        {"release": 12, "only": True, "dry_run": True},
    ),
    (("rollback", "a/b", "--to", "none"), ("POST", "/rollbacks"), {"keys": ["a/b"], "to": "none"}),
    (("rollback", "a/b@1", "--or-none"), ("POST", "/rollbacks"), {"keys": ["a/b@1"], "or_none": True}),
    (("undo", "12"), ("POST", "/releases/12/undo"), {}),
    (("undo", "12", "--or-none"), ("POST", "/releases/12/undo"), {"or_none": True}),
    (
        ("restore", "support", "--at", "2026-11-20T18:00+02:00", "--exact"),
        ("POST", "/restores"),
        {"feature": "support", "at": "2026-11-20T16:00:00Z", "exact": True, "dry_run": False},
    ),
    (
        ("approve", "12", "--as", "legal", "--note", "fine"),
        ("POST", "/releases/12/signoffs"),
        {"verdict": "approve", "role": "legal", "note": "fine"},
    ),
    (
        ("refuse", "12", "--note", "no"),
        ("POST", "/releases/12/signoffs"),
        {"verdict": "refuse", "note": "no"},
    ),
    (("withdraw", "12"), ("POST", "/releases/12/withdraw"), {}),
]


@pytest.mark.parametrize(("words", "route", "body"), ASKED, ids=lambda value: " ".join(value)[:50])
def test_the_command_asks_for_what_it_says(
    words: tuple[str, ...],
    route: tuple[str, str],
    body: dict[str, Any],
    run: Callable[..., Ran],
    server: ScriptedServer,
) -> None:
    """Each option arrives as the field of the contract, and nothing else does."""
    server.script[route] = (201, shapes.ROLLBACK)
    assert 0 == run(*words, "--json").code
    assert body == server.last().body


WRONG: list[tuple[str, ...]] = [
    ("promote", "--to", "beta"),
    ("promote", "a/b"),
    ("promote", "a/b@beta", "--to", "full"),
    ("promote", "a/b", "--to", "production"),
    ("promote", "a/b", "--to", "beta", "--percent", "0"),
    ("promote", "a/b", "--to", "beta", "--percent", "nan"),
    ("promote", "a/b", "--to", "beta", "--percent", "101"),
    ("promote", "a/b", "--to", "beta", "--manual", "--at", "2026-12-01T08:00Z"),
    ("promote", "a/b", "--to", "beta", "--at", "tomorrow"),
    ("promote", "../x", "--to", "beta"),
    ("rollback",),
    ("rollback", "a/b", "--release", "3"),
    ("rollback", "a/b", "--to", "²"),
    ("restore", "--at", "2026-11-20T18:00Z"),
    ("restore", "support", "--all", "--at", "2026-11-20T18:00Z"),
    ("refuse", "12"),
    ("approve", "12", "--as", "legal", "--as", "product"),
    ("settings", "--approve"),
    ("settings", "3", "--approve", "--refuse"),
    ("diff", "a/b@1", "a/c@2"),
    ("get", "a/b", "--stage", "beta", "--version", "2"),
    ("get", "a/b", "--attr", "plan"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_makes_no_sense_is_exit_2(
    words: tuple[str, ...], run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """A contradiction or a slip ends with 2 before the server hears of it."""
    ran = run(*words)
    assert 2 == ran.code, ran
    assert ran.err.startswith("error: ")
    assert [] == server.seen


def test_again_needs_nothing_else(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`promote --again N` alone leaves versions, stage and note to the server."""
    server.script["POST", "/releases"] = (201, shapes.RELEASE)
    assert 0 == run("promote", "--again", "12").code
    assert {"again": 12} == server.last().body


def test_an_ambiguous_rollback_shows_the_ready_commands(
    run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """When stages run several versions, nothing moves and the commands to choose from are printed."""
    commands = ["rollback support/triage@7", "prompts-admin rollback support/triage@8"]
    document = problem("ambiguous", "Two versions run.", 400, remedy="Name one.", commands=commands)
    server.script["POST", "/rollbacks"] = (400, document)
    ran = run("rollback", "support/triage")
    assert 2 == ran.code
    assert (
        f"error: Two versions run.\n  prompts-admin {commands[0]}\n  {commands[1]}\nnext: Name one.\n"
        == ran.err
    )


def test_as_with_an_address_is_a_person(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`approve N --as EMAIL --as ROLE` signs in the role, as that person of a demo store."""
    server.script["POST", "/releases/12/signoffs"] = (201, shapes.RELEASE)
    assert 0 == run("approve", "12", "--as", "lena@example.com", "--as", "legal").code
    asked = server.last()
    assert ("lena@example.com", "legal") == (asked.headers["x_prompts_admin_as"], asked.body["role"])


def test_settings_changes_are_answered(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`settings N --approve` signs, `--apply` puts into force."""
    change = {
        "number": 3,
        "scope": "support",
        "state": "proposed",
        "changes": ["beta asks ml"],
        "missing": [],
    }
    server.script["POST", "/settings/3/signoffs"] = (201, change)
    server.script["POST", "/settings/3/apply"] = change
    assert 0 == run("settings", "3", "--approve", "--note", "yes").code
    assert {"verdict": "approve", "note": "yes"} == server.last().body
    assert 0 == run("settings", "3", "--apply").code
