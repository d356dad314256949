"""`readers` and `--wait`: proof that it took, and never more certainty than there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cli.scripted import Ran, ScriptedServer
from tests.cli.shapes import RELEASE

ROLLBACK = ("rollback", "support/triage@7")


def readers(on: int, live: int, asking: int = 0) -> dict[str, Any]:
    """Return the answer of `/readers`."""
    same = {"sdk": "python/1", "token": "site", "seen": "2026-01-02T03:04:05Z"}
    there = {"revision": 812, "behind": False, "behind_seconds": None}
    late = {"revision": 811, "behind": True, "behind_seconds": 2.5}
    items = [
        {"reader": f"reader-{n}", "host": f"web-{n}", **same, **(there if n < on else late)}
        for n in range(live)
    ]
    return {"revision": 812, "live": live, "on": on, "behind": live - on, "asking": asking, "items": items}


def arrange(server: ScriptedServer, *answers: dict[str, Any]) -> None:
    """Let a rollback make revision 812, and `/readers` give these answers, the last one again and again."""
    left = list(answers)
    server.script["POST", "/rollbacks"] = (201, {**RELEASE, "revision": 812})
    server.script["GET", "/readers"] = lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_it_waits_until_every_live_reader_has_it(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Exit 0, and the line that says so, with those of whom nobody knows beside it."""
    arrange(server, readers(1, 3), readers(2, 3), readers(3, 3, asking=2))
    ran = run(*ROLLBACK, "--wait", "20")
    assert (0, True) == (ran.code, "3 of 3 readers on revision 812" in ran.out)
    assert "2 clients that only ask, seen in the last minute" in ran.out
    assert {"revision=812"} == {seen.query for seen in server.seen if seen.path.endswith("/readers")}


def test_it_says_who_does_not_have_it(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Exit 1 after the time; the rollback stands all the same."""
    arrange(server, readers(2, 3))
    ran = run(*ROLLBACK, "--wait", "0.3")
    assert 1 == ran.code
    assert "not there: web-2 811, behind for 2.5 s" in ran.out


def test_with_no_readers_it_says_so(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Exit 0: there was nobody to wait for."""
    arrange(server, readers(0, 0, asking=1))
    ran = run(*ROLLBACK, "--wait")
    assert (0, True) == (ran.code, "no readers are connected" in ran.out)
    assert "1 client that only asks" in ran.out


def test_programs_get_the_readers_beside_the_release(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """One document."""
    arrange(server, readers(2, 2))
    assert 2 == run(*ROLLBACK, "--wait", "5", "--json").document["readers"]["on"]


def test_without_wait_nobody_is_asked(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """A rollback itself waits for nothing."""
    arrange(server, readers(0, 2))
    assert 0 == run(*ROLLBACK).code
    assert not [seen for seen in server.seen if seen.path.endswith("/readers")]


def test_a_key_after_wait_is_told_where_it_belongs(run: Callable[..., Ran]) -> None:
    """Usage, before anything moves."""
    ran = run("rollback", "--wait", "support/triage@7")
    assert (2, True) == (ran.code, "KEY goes before --wait" in ran.err)


def test_readers_lists_those_behind(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """By host, with revision and for how long."""
    server.script["GET", "/readers"] = readers(1, 2)
    ran = run("readers")
    assert (0, True) == (ran.code, "811, behind for 2.5 s" in ran.out)
