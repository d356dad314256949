"""What people read: changes, checks, names, and the undo line last; never a control character of the data's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.console import Console

from prompts_cli.terminal_text import visible
from prompts_cli.views.diffs import words_of
from tests.cli import shapes
from tests.cli.scripted import Ran, ScriptedServer


def test_a_release_says_what_is_needed_and_by_whom(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """The view has each change, each check with its mark, who signed and who is still needed by name."""
    server.script["GET", "/releases/12"] = {
        **shapes.RELEASE,
        "comparisons": [{"key": "support/triage", "changes": shapes.DIFF["changes"], "inside": []}],
    }
    out = run("release", "12").out
    for part in (
        "v7 → v8 for 10 % (up to 50 %)",
        "✓  renders",
        "…  sign_off",
        "?  wait",
        "signed by ml@example.com as ml",
        "needed: 1 as legal: lena@example.com",
        "Be [-brief-]{+kind+}.",
        "new refund wording",
    ):
        assert part in out


def test_a_rollback_ends_with_the_undo_line(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """What went along and what was left is named, and the last line says how to undo."""
    server.script["POST", "/rollbacks"] = (201, shapes.ROLLBACK)
    ran = run("rollback", "support/triage@8")
    assert "left behind: support/reply@3 on beta (release 12)" in ran.out
    assert "takes along: support/reply@4 on beta" in ran.out
    assert ran.out.splitlines()[-1].startswith("undo: prompts-admin undo 13")


def test_what_was_left_on_comes_first_and_its_command_last(
    run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """What is still to decide frames the answer, after the undo line too, in a dry run as well."""
    left = {
        "left_on": [{"key": "support/new", "version": 1, "stage": "beta"}],
        "switch_off": {"command": "prompts-admin rollback support/fast@2 --or-none"},
        "switched_off": [],
    }
    server.script["POST", "/rollbacks"] = (201, shapes.ROLLBACK | left)
    lines = run("rollback", "support/fast@2").out.splitlines()
    assert "left on: support/new@1 on beta: there is nothing to go back to" == lines[0]
    assert "switch off: prompts-admin rollback support/fast@2 --or-none" == lines[-1]
    assert lines[-2].startswith("undo: prompts-admin undo 13")
    server.script["POST", "/rollbacks"] = {"dry_run": True, "changes": [], **left}
    assert lines[-1] == run("rollback", "support/fast@2", "--dry-run").out.splitlines()[-1]


def test_off_is_where_somebody_gets_nothing(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Where people go on to the next stage it is nothing of its own, and the plan does not say off."""
    gone = {"key": "support/triage", "before": {"settled": 1}, "after": {"settled": None}}
    server.script["POST", "/rollbacks"] = {
        "dry_run": True,
        "changes": [gone | {"stage": "beta"}, gone | {"stage": "full"}],
        "switched_off": [{"stage": "full", "key": "support/triage"}],
    }
    lines = run("rollback", "support/triage@1", "--to", "none", "--dry-run").out.splitlines()
    assert [["v1", "nothing"], ["v1", "off"]] == [line.split()[-2:] for line in lines[1:3]]


def test_a_dry_run_says_that_nothing_changed(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """The plan shows before and after on each stage."""
    server.script["POST", "/rollbacks"] = {
        "dry_run": True,
        "changes": [
            {
                "stage": "beta",
                "key": "support/triage",
                "before": {"settled": 7, "candidate": 8, "percentage": 10.0},
                "after": {"settled": 7},
            }
        ],
        "takes_along": [],
    }
    out = run("rollback", "support/triage@8", "--dry-run").out
    assert "v8 10 % (v7)" in out
    assert out.splitlines()[-1] == "A dry run: nothing was changed."


def test_status_shows_candidate_and_settled(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """A candidate stands with its share, the settled version in brackets, an empty stage as a dash."""
    server.script["GET", "/status"] = {"items": [shapes.STATUS], "next": None}
    line = run("status").out.splitlines()[1]
    assert ["support/triage", "prompt", "v8", "v8", "v8", "10", "%", "(v7)", "–"] == line.split()


def test_a_diff_is_readable_without_colour(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """In a pipe, removed words stand in [-...-] and added ones in {+...+}."""
    server.script["GET", "/artifacts/support/triage/diff"] = shapes.DIFF
    out = run("diff", "support/triage@7", "support/triage@8").out
    assert "Be [-brief-]{+kind+}." in out
    assert "breaking: variable 'ticket' is required now" in out
    assert "\x1b" not in out
    assert "from=7&to=8" == server.last("GET").query


def test_a_diff_has_colours_on_a_terminal() -> None:
    """On a terminal removed words are red and struck, added ones green."""
    screen = Console(force_terminal=True, color_system="standard", width=80, no_color=False)
    with screen.capture() as caught:
        screen.print(words_of(shapes.DIFF["changes"][0]["words"], plain=False))
    assert "\x1b[9;31mbrief" in caught.get() and "\x1b[32mkind" in caught.get()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain [bold]text[/] :smile:", "plain [bold]text[/] :smile:"),
        ("a\x1b[31mb", "a<U+001B>[31mb"),
        ("a\u202eb", "a<U+202E>b"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("bell\x07 c1\x9b", "bell<U+0007> c1<U+009B>"),
        ("two\nlines\tkept", "two\nlines\tkept"),
    ],
)
def test_data_cannot_speak_to_the_terminal(text: str, expected: str) -> None:
    """Control, bidirectional and zero-width characters are shown, not sent; markup is only text."""
    assert expected == visible(text)


def test_S26_prompt_text_is_inert_in_every_line(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Escape sequences and rich's markup in a note or an error are printed as text."""
    server.script["GET", "/releases/12"] = {**shapes.RELEASE, "note": "[red]x[/red]\x1b]0;t\x07"}
    out = run("release", "12").out
    assert "[red]x[/red]<U+001B>]0;t<U+0007>" in out
    server.script["GET", "/releases/13"] = (
        404,
        {"code": "not_found", "status": 404, "detail": "\x1b[2J\u202e gone"},
    )
    assert "error: <U+001B>[2J<U+202E> gone" in run("release", "13").err


def test_show_prints_the_text_and_where_it_is_live(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`show KEY` is the newest version, `KEY@stage` what that stage serves."""
    artifact = {**shapes.STATUS, "archived": False, "classification": "internal"}
    server.script["GET", "/artifacts/support/triage"] = artifact
    server.script["GET", "/artifacts/support/triage/versions/8"] = shapes.VERSION
    out = run("show", "support/triage").out
    assert "text: Be kind." in out and "by pm@example.com" in out and "beta v8 10 % (v7)" in out
    shown = run("show", "support/triage@beta", "--json").document
    assert (8, "internal") == (shown["number"], shown["classification"])
    assert 3 == run("show", "support/triage@full").code
