"""The command line over a real demo store, the application inside its own process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.bootstrap import load_samples, open_product, prepare_store
from prompts_admin.settings import load_settings
from prompts_admin.store.backup import backup
from prompts_admin.store.unit_of_work import Store
from tests.cli.scripted import Ran

PM, PM2, ML, LEGAL = "pm@example.com", "pm2@example.com", "ml@example.com", "legal@example.com"
KEY = "support/tone"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demo store with the samples live, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    settings = load_settings({}, data=folder, mirror=False)
    prepare_store(settings)
    product = open_product(settings)
    load_samples(product, demo=True)
    product.close()
    yield folder


@pytest.fixture
def local(filled: Path, run: Callable[..., Ran], tmp_path: Path) -> Callable[..., Ran]:
    """Run a command over a copy of the store."""
    data = tmp_path / "store"
    shutil.copytree(filled, data)

    def run_locally(*arguments: str) -> Ran:
        return run(*arguments, "--data", str(data), remote=False)

    return run_locally


def ok(ran: Ran) -> Any:
    """The document of a command that succeeded."""
    assert ran.code == 0, ran
    return ran.document


def save_tone(local: Callable[..., Ran], folder: Path, text: str) -> int:
    """Save a new version of the snippet and return its number."""
    path = folder / "support" / "tone.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"kind: snippet\ntext: {text}\n")
    return int(ok(local("save", str(path), "--as", PM, "--json"))["created"][0]["number"])


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


def test_saving_twice_changes_nothing(local: Callable[..., Ran], tmp_path: Path) -> None:
    """Unchanged content makes no version; a dry run saves nothing at all."""
    path = tmp_path / "support" / "new.yaml"
    path.parent.mkdir()
    path.write_text("kind: snippet\ntext: New.\n")
    assert ok(local("save", str(path), "--dry-run", "--json"))["created"]
    assert 3 == local("show", "support/new").code
    assert ok(local("save", str(path), "--json"))["created"]
    assert ["support/new"] == ok(local("save", str(path), "--json"))["unchanged"]


def test_an_export_imports_to_the_same_digests(local: Callable[..., Ran], tmp_path: Path) -> None:
    """What `export` writes is, saved again, unchanged in every artifact."""
    keys = [item["key"] for item in ok(local("status", "--json"))]
    ok(local("export", str(tmp_path / "out"), "--stage", "full", "--json"))
    saved = ok(local("save", str(tmp_path / "out"), "--json"))
    assert ([], sorted(keys), []) == (saved["created"], sorted(saved["unchanged"]), saved["settings_changes"])


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


def test_tokens_and_people(local: Callable[..., Ran]) -> None:
    """A token is made and works; a person is added with a link, granted a role, disabled."""
    token = ok(local("token", "create", "--name", "site", "--role", "viewer", "--json"))
    assert ok(local("status", "--token", token["token"], "--json"))
    assert 5 == local("promote", KEY, "--to", "internal", "--token", token["token"]).code
    assert 0 == local("token", "revoke", token["id"]).code
    assert 5 == local("status", "--token", token["token"]).code
    added = ok(local("user", "add", "ana@example.com", "--role", "editor", "--feature", "support", "--json"))
    assert added["invite"]["url"]
    granted = ok(local("user", "grant", "ana@example.com", "legal", "--json"))
    assert {"role": "legal", "feature": "*"} in granted["roles"]
    assert not ok(local("user", "disable", "ana@example.com", "--json"))["active"]


def test_a_settings_change_is_proposed_by_saving_and_signed(
    local: Callable[..., Ran], tmp_path: Path
) -> None:
    """`_feature.yaml` with another policy becomes a proposal that its proposer cannot sign."""
    ok(local("export", str(tmp_path / "out"), "--stage", "full", "--json"))
    path = tmp_path / "out" / "search" / "_feature.yaml"
    path.write_text(re.sub("bucket_by: .*", "bucket_by: region", path.read_text()))
    (number,) = ok(local("save", str(path), "--as", ML, "--json"))["settings_changes"]
    shown = ok(local("settings", str(number), "--json"))
    assert ("search", "proposed") == (shown["scope"], shown["state"])
    assert 5 == local("settings", str(number), "--approve", "--as", ML).code
    assert 0 == local("settings", str(number), "--withdraw", "--as", ML).code


def test_as_is_for_demo_stores_alone(run: Callable[..., Ran], tmp_path: Path) -> None:
    """On a store that is no demo `--as` is refused, whoever asks."""
    settings = load_settings({}, data=tmp_path / "real", mirror=False)
    prepare_store(settings)
    ran = run("status", "--as", PM, "--data", str(tmp_path / "real"), "--json", remote=False)
    assert (1, "demo_only") == (ran.code, ran.document["code"])


def test_a_store_of_another_schema_is_not_opened(run: Callable[..., Ran], tmp_path: Path) -> None:
    """An empty database file is exit 6 with the command that mends it; `db upgrade` then does."""
    data = tmp_path / "old"
    data.mkdir()
    (data / "prompts-admin.db").touch()
    ran = run("status", "--data", str(data), remote=False)
    assert (6, True) == (ran.code, "prompts-admin db upgrade" in ran.err)
    upgraded = run("db", "upgrade", "--data", str(data), "--json", remote=False).document
    assert upgraded["current"] == upgraded["head"]
    assert upgraded == run("db", "current", "--data", str(data), "--json", remote=False).document


def test_a_backup_takes_the_place_of_the_store(
    local: Callable[..., Ran], filled: Path, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    """restore-backup says what it replaces, asks for --yes where nobody can answer, and refuses a damaged file."""
    file = tmp_path / "a.backup"
    store = Store(f"sqlite:///{filled / 'prompts-admin.db'}")
    backup(store, file)
    store.close()
    save_tone(local, tmp_path, "Be kind.")
    asked = local("restore-backup", str(file))
    assert (2, True) == (asked.code, "It replaces" in asked.err and "16 versions" in asked.err)
    done = ok(local("restore-backup", str(file), "--yes", "--json"))
    assert (16, 15) == (done["before"]["versions"], done["after"]["versions"])
    assert 3 == local("show", f"{KEY}@2").code
    file.write_bytes(file.read_bytes()[:-100])
    damaged = local("restore-backup", str(file), "--yes", "--json")
    assert (1, "backup_damaged") == (damaged.code, damaged.document["code"])
    assert ok(local("status", "--json"))


def test_doctor_tells_what_is_off_and_what_is_broken(
    local: Callable[..., Ran], run: Callable[..., Ran], home: Path
) -> None:
    """A store that works is exit 0 with what could be added; a broken setting is exit 1."""
    states = {found["name"]: found["state"] for found in ok(local("doctor", "--json"))["findings"]}
    assert ("ok", "ok", "off") == (states["database"], states["data folder"], states["notifications"])
    assert "prompts-admin up" in run("doctor", remote=False).out


def test_doctor_finds_a_wrong_setting(local: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """What would stop the server's start is told by name."""
    monkeypatch.setenv("PROMPTS_ADMIN_PORT", "many")
    ran = local("doctor")
    assert (1, True) == (ran.code, "PROMPTS_ADMIN_PORT" in ran.out)
