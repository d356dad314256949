"""`edit`: nothing typed is lost, whatever the server or the editor says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prompts_cli.files import edit_loop
from prompts_cli.session import Session
from tests.cli import shapes
from tests.cli.scripted import Ran, ScriptedServer, Seen, problem

BASE = shapes.VERSION["text"]
SAVED = {**shapes.VERSION, "number": 9, "created": True}
VERSIONS = ("POST", "/artifacts/support/triage/versions")


@pytest.fixture
def artifact(server: ScriptedServer) -> ScriptedServer:
    """A server that has support/triage at version 8."""
    server.script["GET", "/artifacts/support/triage"] = shapes.STATUS
    server.script["GET", "/artifacts/support/triage/versions/8"] = shapes.VERSION
    return server


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set $EDITOR to a program that writes one text per call, the last one ever after; None leaves the file."""

    def set_editor(*texts: str | None, code: int = 0) -> None:
        for number, text in enumerate(texts):
            if text is not None:
                (tmp_path / f"text{number}").write_bytes(text.encode())
        program = tmp_path / "an editor.py"
        program.write_text(
            "import pathlib, sys\n"
            f"here, last = pathlib.Path({str(tmp_path)!r}), {len(texts) - 1}\n"
            "calls = here / 'calls'\n"
            "number = len(calls.read_text()) if calls.exists() else 0\n"
            "calls.write_text('x' * (number + 1))\n"
            "text = here / f'text{min(number, last)}'\n"
            "(here / f'seen{number}').write_bytes(pathlib.Path(sys.argv[1]).read_bytes())\n"
            "if text.exists(): pathlib.Path(sys.argv[1]).write_bytes(text.read_bytes())\n"
            "print('drawing on the screen')\n"
            f"sys.exit({code})\n"
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} '{program}'")

    return set_editor


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """A person at a terminal, who always wants to go on, or always to leave."""

    def sit_down(goes_on: bool) -> None:
        monkeypatch.setattr(Session, "interactive", property(lambda self: True))
        monkeypatch.setattr(edit_loop, "_wants_to_go_on", lambda: goes_on)

    return sit_down


def drafts(home: Path) -> list[Path]:
    """The texts that were kept."""
    return sorted((home / "state").rglob("*.yaml"))


def test_an_edited_text_is_saved_on_its_base(
    artifact: ScriptedServer, editor: Any, run: Callable[..., Ran], home: Path
) -> None:
    """The new text goes to the server with If-Match of the version it began with; the draft is gone."""
    artifact.script[VERSIONS] = (201, SAVED)
    editor(BASE + "# more\n")
    ran = run("edit", "support/triage", "-m", "shorter", "--json")
    assert (0, 9) == (ran.code, ran.document["number"])
    asked = artifact.last()
    assert ('"8"', {"text": BASE + "# more\n", "message": "shorter"}) == (
        asked.headers["if_match"],
        asked.body,
    )
    assert [] == drafts(home)


def test_an_unchanged_text_says_so(artifact: ScriptedServer, editor: Any, run: Any, home: Path) -> None:
    """Leaving the editor without a change saves nothing and is no error."""
    editor(None)
    ran = run("edit", "support/triage")
    assert (0, []) == (ran.code, drafts(home))
    assert "Nothing changed; support/triage@8" in ran.out
    assert [] == [request for request in artifact.seen if request.method == "POST"]


def test_a_bad_file_is_kept_and_its_path_printed(
    artifact: ScriptedServer, editor: Any, run: Any, home: Path
) -> None:
    """Without a person to ask, a refused text ends with 1; the file holds every byte that was typed."""
    typed = "kind: snippet\r\ntext: {{undeclared}} \u200b\n"
    found = {"message": "'undeclared' is not declared.", "file": "support/triage.yaml", "line": 2}
    artifact.script[VERSIONS] = (422, problem("invalid_content", "1 problem", 422, problems=[found]))
    editor(typed)
    ran = run("edit", "support/triage", "--json")
    (kept,) = drafts(home)
    assert (1, typed.encode(), 0o600) == (ran.code, kept.read_bytes(), kept.stat().st_mode & 0o777)
    assert str(kept) == ran.document["kept"]
    assert "support/triage.yaml:2: 'undeclared' is not declared." in ran.err
    assert f"prompts-admin edit support/triage --file '{kept}' --base 8" in ran.err
    assert ("triage.yaml", "support") == (kept.name, kept.parent.name)


@pytest.mark.parametrize(
    ("status", "code", "expected"), [(403, "forbidden", 5), (503, "busy", 6), (412, "stale_version", 4)]
)
def test_whatever_the_server_says_the_text_is_kept(
    status: int, code: str, expected: int, artifact: ScriptedServer, editor: Any, run: Any, home: Path
) -> None:
    """Not permitted, busy, overtaken: the exit code is right and the text is there."""
    artifact.script[VERSIONS] = (status, problem(code, "no", status))
    editor("typed\n")
    assert expected == run("edit", "support/triage").code
    assert ["typed\n"] == [path.read_text() for path in drafts(home)]


def test_a_person_mends_a_bad_file_in_the_editor(
    artifact: ScriptedServer, editor: Any, person: Any, run: Any, tmp_path: Path
) -> None:
    """The error is shown, the editor opens again on what was typed, and the next text is saved."""
    answers = iter([(422, problem("invalid_content", "line 2 is wrong", 422)), (201, SAVED)])
    artifact.script[VERSIONS] = lambda request: next(answers)
    editor("bad\n", "good\n")
    person(True)
    ran = run("edit", "support/triage")
    assert 0 == ran.code
    assert "error: line 2 is wrong" in ran.err
    assert "bad\n" == (tmp_path / "seen1").read_text()
    assert "good\n" == artifact.last().body["text"]


def test_a_person_may_leave_and_go_on_later(
    artifact: ScriptedServer, editor: Any, person: Any, run: Any, home: Path
) -> None:
    """Leaving keeps the text; `edit --file` takes it up again on the same base."""
    artifact.script[VERSIONS] = (422, problem("invalid_content", "wrong", 422))
    editor("bad\n", "good\n")
    person(False)
    assert 1 == run("edit", "support/triage").code
    (kept,) = drafts(home)
    artifact.script[VERSIONS] = (201, SAVED)
    assert 0 == run("edit", "support/triage", "--file", str(kept), "--base", "8").code
    assert "good\n" == artifact.last().body["text"]


def test_F07_a_conflict_comes_back_merged_with_marks(
    artifact: ScriptedServer, editor: Any, person: Any, run: Any, tmp_path: Path
) -> None:
    """When somebody saved in between, both texts are merged in the editor, and the next save is on theirs."""
    merged = "<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> v9\n"
    members = {"current": 9, "theirs": "theirs\n", "merge": {"text": merged, "conflicts": 1}}
    stale = problem("stale_version", "v9 is newer", 412, **members)

    def answer(request: Seen) -> Any:
        return (412, stale) if request.headers["if_match"] == '"8"' else (201, {**SAVED, "number": 10})

    artifact.script[VERSIONS] = answer
    editor("mine\n", "both\n")
    person(True)
    ran = run("edit", "support/triage")
    assert 0 == ran.code
    assert merged == (tmp_path / "seen1").read_text()
    assert ('"9"', "both\n") == (artifact.last().headers["if_match"], artifact.last().body["text"])
    assert "Conflicts are marked in it." in ran.err


def test_an_editor_that_gives_up_saves_nothing(
    artifact: ScriptedServer, editor: Any, run: Any, home: Path
) -> None:
    """An editor that ends with an error is a wish to stop; what it wrote is kept."""
    editor("half\n", code=1)
    ran = run("edit", "support/triage")
    assert (1, ["half\n"]) == (ran.code, [path.read_text() for path in drafts(home)])
    assert "nothing was saved" in ran.err


def test_a_missing_editor_is_named(
    artifact: ScriptedServer, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$EDITOR that cannot be started is a usage error."""
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    ran = run("edit", "support/triage")
    assert (2, True) == (ran.code, "'no-such-editor' cannot be started" in ran.err)


def test_bytes_that_are_not_utf_8_are_kept_too(
    artifact: ScriptedServer, editor: Any, run: Any, home: Path, tmp_path: Path
) -> None:
    """An editor that writes another encoding: the error names the byte, the file stays."""
    editor("x")
    (tmp_path / "text0").write_bytes(b"caf\xe9\n")
    ran = run("edit", "support/triage")
    assert (1, [b"caf\xe9\n"]) == (ran.code, [path.read_bytes() for path in drafts(home)])
    assert "byte 3 (line 1) is 0xe9" in ran.err
