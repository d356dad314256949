"""The command line over a real demo store, the application inside its own process: changing and releasing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.scripted import Ran
from tests.cli.walking import KEY, ML, PM, ok, save_tone


def test_the_whole_walk_in_a_terminal(local: Callable[..., Ran], tmp_path: Path) -> None:
    """Save, compare, promote, be refused, sign, roll back, undo: several hats, and an audit that says so."""
    assert 2 == save_tone(local, tmp_path, "Be kind.")
    assert ok(local("diff", KEY, "--json"))["changes"]
    live = ok(local("promote", KEY, "--to", "internal", "--as", PM, "--json"))
    assert ("live", "current") == (live["state"], live["items"][0]["state"])
    proposed = ok(local("promote", KEY, "--to", "beta", "--as", PM, "--json"))
    number = str(proposed["number"])
    assert ("proposed", [ML]) == (proposed["state"], proposed["missing"][0]["people"])
    assert [number] == [str(r["number"]) for r in ok(local("waiting", "--as", ML, "--json"))["releases"]]
    assert 5 == local("approve", number, "--as", PM).code
    assert "live" == ok(local("approve", number, "--as", "ml", "--as", ML, "--json"))["state"]
    back = ok(local("rollback", f"{KEY}@2", "--reason", "too kind", "--json"))
    assert {("internal", 1), ("beta", 1)} == {(item["stage"], item["to"]) for item in back["items"]}
    again = local("rollback", f"{KEY}@2", "--json")
    assert 4 == again.code
    undone = ok(local("undo", str(back["number"]), "--json"))
    assert {2} == {item["to"] for item in undone["items"]}
    entries = ok(local("audit", "--limit", "100", "--json"))
    assert any(entry["actor"] == ML and entry["via"].startswith("cli --as") for entry in entries)
    assert ok(local("audit", "verify", "--json"))["ok"]


def test_what_people_read_ends_with_the_undo_line(local: Callable[..., Ran], tmp_path: Path) -> None:
    """A release that went live says last how to take it back."""
    save_tone(local, tmp_path, "Be kind.")
    out = local("promote", KEY, "--to", "internal").out
    assert out.splitlines()[-1].startswith("undo: prompts-admin undo 2 (until ")


def test_S22_skipping_a_stage_is_refused(local: Callable[..., Ran], tmp_path: Path) -> None:
    """A version that was never settled on internal cannot be proposed for beta."""
    save_tone(local, tmp_path, "Be kind.")
    ran = local("promote", f"{KEY}@2", "--to", "beta", "--json")
    assert (1, "stage_skipped") == (ran.code, ran.document["code"])


def test_an_ambiguous_rollback_moves_nothing(local: Callable[..., Ran], tmp_path: Path) -> None:
    """Two versions run on different stages: exit 2 with the commands, and the same state as before."""
    save_tone(local, tmp_path, "Be kind.")
    assert 0 == local("promote", KEY, "--to", "internal").code
    before = ok(local("status", "--json"))
    ran = local("rollback", KEY)
    assert 2 == ran.code
    assert f"prompts-admin rollback {KEY}@2\n" in ran.err
    assert before == ok(local("status", "--json"))


def test_a_problem_in_a_file_names_file_and_line(local: Callable[..., Ran], tmp_path: Path) -> None:
    """A bad file among good ones: nothing is saved, the local path and the line are told."""
    folder = tmp_path / "support"
    folder.mkdir()
    (folder / "good.yaml").write_text("kind: snippet\ntext: Good.\n")
    (folder / "bad.yaml").write_text("kind: snippet\ntext: one\ntext: two\n")
    ran = local("save", str(folder))
    assert 1 == ran.code
    assert f"{folder / 'bad.yaml'}:3" in ran.err
    assert 3 == local("show", "support/good").code


def test_edit_survives_a_bad_file(
    local: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """A text that the real rules refuse is kept, the error shown with its line, and can be taken up again."""
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf \'kind: snippet\\ntext: "{{undeclared}}"\\n\' > "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    ran = local("edit", KEY)
    (kept,) = (home / "state").rglob("*.yaml")
    assert (1, 'kind: snippet\ntext: "{{undeclared}}"\n') == (ran.code, kept.read_text())
    assert "undeclared" in ran.err and str(kept) in ran.err


def test_F07_an_overtaken_edit_is_merged_and_kept(
    local: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Somebody saved in between: exit 4, the merge with both texts is kept, based on theirs, and what was typed too."""
    save_tone(local, tmp_path, "Theirs.")
    mine = tmp_path / "mine.yaml"
    mine.write_text("kind: snippet\ntext: Mine.\n")
    monkeypatch.setenv("EDITOR", "true")
    ran = local("edit", KEY, "--file", str(mine), "--base", "1")
    (kept,) = (home / "state").rglob("*.yaml")
    assert 4 == ran.code
    assert "Mine." in kept.read_text() and "Theirs." in kept.read_text() and "<<<<<<<" in kept.read_text()
    assert mine.read_text() == kept.with_suffix(".yours").read_text()
    assert f"--file '{kept}' --base 2" in ran.err
    again = local("edit", KEY, "--file", str(kept), "--base", "2", "--json")
    assert (1, "merge_marks") == (again.code, again.document["code"])


def test_get_and_explain_answer_as_serving_does(local: Callable[..., Ran]) -> None:
    """`get` renders with --var, `explain` tells the way; what is not there is exit 3."""
    served = ok(
        local(
            "get",
            "support/triage",
            "--user",
            "u",
            "--var",
            "ticket=Help",
            "--var",
            "open_tickets=2",
            "--json",
        )
    )
    assert {"key", "kind", "version", "digest", "stage", "reason", "value"} == set(served)
    assert "Help" in served["value"]["messages"][-1]["content"]
    assert 1 == ok(local("explain", "support/triage", "--user", "u", "--json"))["version"]
    assert 3 == local("get", "support/nothing").code


def test_status_takes_a_key_too(local: Callable[..., Ran]) -> None:
    """One row for a key, also with a dot; a wrong one names the right one, and a wrong person those there are."""
    rows = ok(local("status", KEY, "--json"))
    assert ([KEY], {"internal", "beta", "full"}) == ([row["key"] for row in rows], set(rows[0]["stages"]))
    assert rows == [row for row in ok(local("status", "--json")) if row["key"] == KEY]
    wrong = local("status", KEY[:-1])
    assert 3 == wrong.code and f"Did you mean '{KEY}'?" in wrong.err
    assert f"Did you mean '{KEY}'?" in local("get", KEY[:-1], "--user", "u-1").err
    assert ML in local("status", "--as", "nobody@example.com").err


def test_what_comes_next_is_said(local: Callable[..., Ran], tmp_path: Path) -> None:
    """After internal comes beta; a save without a message says what differs; the audit is one short line each."""
    save_tone(local, tmp_path, "Be kind.")
    live = ok(local("promote", KEY, "--to", "internal", "--json"))
    assert f"prompts-admin promote {KEY}@2 --to beta" in live["next"]
    assert all(len(line) < 200 for line in local("audit").out.splitlines())


def test_a_person_is_invited_again(local: Callable[..., Ran]) -> None:
    """`user invite` makes a new link, shown once; only administrators can, and are named."""
    assert ok(local("user", "invite", PM, "--json"))["invite"]["url"]
    refused = local("user", "invite", ML, "--as", PM)
    assert 5 == refused.code and "admin@example.com" in refused.err


def test_switching_off_takes_a_word(local: Callable[..., Ran], tmp_path: Path) -> None:
    """Refused with exit 1 and the command, which then does it; so is the undo of a first release."""
    before = ok(local("status", "--json"))
    command = ("rollback", f"{KEY}@1", "--or-none")
    for more in ((), ("--dry-run",)):
        ran = local("rollback", f"{KEY}@1", *more)
        assert 1 == ran.code
        assert f"next: To switch it off: prompts-admin {' '.join(command)}" == ran.err.splitlines()[-1]
    undone = local("undo", "1")
    assert (1, "next: To switch it off: prompts-admin undo 1 --or-none") == (
        undone.code,
        undone.err.splitlines()[-1],
    )
    assert before == ok(local("status", "--json"))
    off = ok(local(*command, "--json"))["switched_off"]
    assert {"internal", "beta", "full"} == {row["stage"] for row in off if row["key"] == KEY}


def test_what_is_left_on_is_the_first_and_the_last_word(local: Callable[..., Ran], tmp_path: Path) -> None:
    """One of two goes back: exit 0, `left_on`, and a last line that is typed as it stands."""
    save_tone(local, tmp_path, "Be kind.")
    ok(local("promote", KEY, "--to", "internal", "--json"))
    ran = local("rollback", f"{KEY}@2", "search/rewrite@1")
    lines = ran.out.splitlines()
    assert (0, "left on: search/rewrite@1 on internal: there is nothing to go back to") == (
        ran.code,
        lines[0],
    )
    ready = lines[-1].removeprefix("switch off: prompts-admin ").split()
    assert ["rollback", "search/rewrite@1", "--or-none"] == ready
    off = ok(local(*ready, "--json"))["switched_off"]
    assert {"search/rewrite"} == {row["key"] for row in off}
