"""The command line over a real demo store: people, settings, folders, backups, and the state of the machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts_admin.server.bootstrap import prepare_store
from prompts_admin.settings.table import load_settings
from tests.cli.scripted import Ran
from tests.cli.walking import KEY, ML, PM, ok, save_tone


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


def test_a_backup_takes_the_place_of_the_store(local: Callable[..., Ran], tmp_path: Path) -> None:
    """restore-backup says what it replaces, asks for --yes where nobody can answer, and refuses a damaged file."""
    file = tmp_path / "a.backup"
    assert 0 == local("backup", str(file)).code
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
