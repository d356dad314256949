"""Saving files and folders: which files, under which names, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prompts_cli.files import source_files
from tests.cli.scripted import Ran, ScriptedServer, problem

SAVED: dict[str, Any] = {
    "dry_run": False,
    "created": [{"key": "support/triage", "number": 8, "digest": "sha256:ab"}],
    "unchanged": ["support/reply"],
    "features": [],
    "settings_changes": [3],
    "warnings": ["support/triage: an invisible character"],
    "release": None,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of features with things beside the prompts."""
    root = tmp_path / "checkout"
    for name in (
        "prompts/_workspace.yaml",
        "prompts/support/_feature.yaml",
        "prompts/support/triage.yaml",
        "prompts/support/tone.yml",
        "prompts/support/README.md",
        "prompts/support/.hidden.yaml",
        "prompts/.git/config.yaml",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"# {name}\n")
    return root


NAMES = ["_workspace.yaml", "support/_feature.yaml", "support/tone.yaml", "support/triage.yaml"]


@pytest.mark.parametrize("inside", ["", "prompts"])
def test_a_folder_or_its_prompts_child_is_saved(
    folder: Path, inside: str, run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """Paths below the folder are the keys; hidden files are skipped, other files passed by with a word."""
    server.script["POST", "/imports"] = (201, SAVED)
    ran = run("save", str(folder / inside), "-m", "first", "--update-pins", "--ack", "secrets")
    body = server.last().body
    assert NAMES == sorted(file["path"] for file in body["files"])
    assert {"message": "first", "update_pins": True, "acknowledge": ["secrets"]} == {
        name: value for name, value in body.items() if name != "files"
    }
    assert "README.md' is no .yaml file" in ran.err
    for part in ("saved support/triage@8", "unchanged: 1", "settings change 3", "warning: support/triage:"):
        assert part in ran.out


def test_a_feature_folder_is_saved_under_its_name(folder: Path) -> None:
    """A folder that holds the files of one feature gives its own name to the keys."""
    found = source_files.collect([folder / "prompts" / "support"])
    assert NAMES[1:] == sorted(source.name for source in found.sources)


def test_a_file_alone_is_named_by_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a single file is the name of its folder and its own, also for a path without a folder."""
    monkeypatch.chdir(folder / "prompts" / "support")
    found = source_files.collect([Path("triage.yaml"), Path("_feature.yaml"), Path("../_workspace.yaml")])
    assert ["_workspace.yaml", "support/_feature.yaml", "support/triage.yaml"] == sorted(
        source.name for source in found.sources
    )


def test_line_ends_and_marks_are_sent_as_they_stand(tmp_path: Path, run: Any, server: ScriptedServer) -> None:
    """The text of a file is its bytes: line ends, a byte order mark and unseen characters included."""
    text = "\ufeffkind: snippet\r\ntext: a\u200bb\r\n"
    path = tmp_path / "support" / "x.yaml"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    server.script["POST", "/imports"] = SAVED
    assert 0 == run("save", str(path)).code
    assert [{"path": "support/x.yaml", "text": text}] == server.last().body["files"]


def test_bytes_that_are_not_utf_8_are_refused_with_their_place(
    folder: Path, run: Callable[..., Ran], server: ScriptedServer
) -> None:
    """The error names the file, the byte and the line; nothing is sent."""
    (folder / "prompts/support/triage.yaml").write_bytes(b"kind: prompt\ntext: \xff\n")
    ran = run("save", str(folder))
    assert 1 == ran.code
    assert "triage.yaml' is not UTF-8: byte 19 (line 2) is 0xff." in ran.err
    assert [] == server.seen


def test_links_that_leave_the_folder_are_refused(folder: Path, tmp_path: Path, run: Any) -> None:
    """A link to a file or folder outside is refused, inside it is followed."""
    outside = tmp_path / "secret.yaml"
    outside.write_text("password")
    link = folder / "prompts/support/extra.yaml"
    link.symlink_to(outside)
    for given in (folder, link):
        ran = run("save", str(given))
        assert (1, True) == (ran.code, "is a link that leaves the folder" in ran.err)
    link.unlink()
    link.symlink_to(folder / "prompts/support/triage.yaml")
    assert "support/extra.yaml" in [source.name for source in source_files.collect([folder]).sources]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prompts/a/b/c.yaml", "has no place"),
        ("prompts/stray.yaml", "has no place"),
        ("prompts/support/triage.yml", ""),
    ],
)
def test_a_file_without_a_place_is_refused(folder: Path, name: str, expected: str, run: Any) -> None:
    """Too deep, outside any feature, or twice under one key: the file is named and nothing is saved."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("kind: snippet\n")
    ran = run("save", str(folder))
    assert 1 == ran.code
    assert (expected or "would both be 'support/triage.yaml'") in ran.err


def test_what_is_no_prompt_file_is_refused(tmp_path: Path, run: Callable[..., Ran]) -> None:
    """A file of another kind, an empty folder, and a path that does not exist."""
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert 1 == run("save", str(tmp_path / "notes.txt")).code
    assert 1 == run("save", str(tmp_path / "empty")).code
    assert 2 == run("save", str(tmp_path / "missing.yaml")).code


def test_problems_name_the_file_as_it_is_called_here(folder: Path, run: Any, server: ScriptedServer) -> None:
    """The server's path becomes the path that was typed, with line, message and remedy."""
    found = {
        "message": "unknown key 'temprature'.",
        "file": "support/triage.yaml",
        "line": 12,
        "remedy": "Remove it.",
    }
    server.script["POST", "/imports"] = (422, problem("invalid_content", "1 problem", 422, problems=[found]))
    ran = run("save", str(folder))
    path = folder / "prompts/support/triage.yaml"
    assert 1 == ran.code
    assert f"  {path}:12: unknown key 'temprature'. Remove it.\n" in ran.err


def test_import_makes_the_first_release(folder: Path, run: Any, server: ScriptedServer) -> None:
    """`import folder PATH --live` is the same import, live by the first release."""
    server.script["POST", "/imports"] = {**SAVED, "release": {"number": 1}}
    ran = run("import", "folder", str(folder), "--live")
    assert server.last().body["live"] is True
    assert "Live by release 1." in ran.out
    assert 2 == run("import", "zip", str(folder)).code


def test_export_writes_inside_the_folder_and_overwrites_nothing_unasked(
    tmp_path: Path, run: Any, server: ScriptedServer
) -> None:
    """Files are written where they belong; one that says something else stays unless --force."""
    server.script["GET", "/exports"] = {
        "files": [{"path": "full/support/triage.yaml", "text": "kind: prompt\n"}]
    }
    target = tmp_path / "out" / "full" / "support" / "triage.yaml"
    assert 0 == run("export", str(tmp_path / "out")).code
    assert 0 == run("export", str(tmp_path / "out")).code
    target.write_text("mine")
    assert (1, "mine") == (run("export", str(tmp_path / "out")).code, target.read_text())
    assert 0 == run("export", str(tmp_path / "out"), "--force").code
    assert "kind: prompt\n" == target.read_text()


@pytest.mark.parametrize("path", ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "a\\..\\x.yaml", "C:x.yaml"])
def test_S32_export_never_leaves_the_folder(
    path: str, tmp_path: Path, run: Any, server: ScriptedServer
) -> None:
    """A server that names a file outside is not obeyed."""
    server.script["GET", "/exports"] = {"files": [{"path": path, "text": "x"}]}
    assert 1 == run("export", str(tmp_path / "out")).code
    assert [] == list(tmp_path.rglob("x.yaml"))


def test_backup_is_private_and_overwrites_nothing_unasked(
    tmp_path: Path, run: Any, server: ScriptedServer
) -> None:
    """The file is for its owner alone, and an existing one stays unless --force."""
    server.script["POST", "/backups"] = (200, b"whole store")
    file = tmp_path / "a.backup"
    assert 0 == run("backup", str(file)).code
    assert (b"whole store", 0o600) == (file.read_bytes(), file.stat().st_mode & 0o777)
    assert 1 == run("backup", str(file)).code
    assert {"file": str(file), "bytes": 11} == run("backup", str(file), "--force", "--json").document
