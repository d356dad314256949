"""The editor's bundle: built once from pinned packages, and nothing is lost where it cannot be built."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import frontend
from tests.packaging.sources import ROOT

LOCK = json.loads((frontend.SOURCE / "package-lock.json").read_text(encoding="utf-8"))


def test_every_package_is_pinned_by_its_content_and_names_no_address() -> None:
    """The lock file works with every mirror, and with none but the same bytes."""
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    assert [] == [name for name, entry in packages.items() if not entry.get("integrity")]
    assert [] == [name for name, entry in packages.items() if "resolved" in entry]


def test_versions_are_exact() -> None:
    """No range: the same bundle tomorrow as today."""
    wanted = json.loads((frontend.SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: version for name, version in wanted.items() if not version[0].isdigit()} == {}
    assert wanted == LOCK["packages"][""]["dependencies"]


def test_nothing_built_is_committed() -> None:
    """The bundle and its packages are made on the machine that needs them."""
    if not (ROOT / ".git").exists():
        pytest.skip("not in a checkout, so nothing can be asked about it")
    for path in ("prompts_admin/web/static/dist/editor.js", "frontend/node_modules/x", "build/frontend/x"):
        assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0, (
            path
        )


def test_a_fresh_bundle_is_not_built_again(tmp_path: Path) -> None:
    """Fresh is what was made from exactly these sources."""
    (tmp_path / "editor.js").write_text("", encoding="utf-8")
    assert not frontend.is_fresh(target=tmp_path)
    (tmp_path / frontend.STAMP).write_text(json.dumps({"sources": frontend.digest()}), encoding="utf-8")
    assert frontend.is_fresh(target=tmp_path)
    (tmp_path / frontend.STAMP).write_text(json.dumps({"sources": "other"}), encoding="utf-8")
    assert not frontend.is_fresh(target=tmp_path)


def test_without_node_it_says_so_and_goes_on(tmp_path: Path) -> None:
    """`make up` works where neither Node nor a package index can be had."""
    copy = tmp_path / "scripts"
    copy.mkdir()
    shutil.copy(ROOT / "scripts" / "frontend.py", copy)
    shutil.copytree(frontend.SOURCE, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    environment = {**os.environ, "PATH": str(tmp_path), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-S", str(copy / "frontend.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode
    assert "No editor bundle" in done.stderr and "plain form" in done.stderr
    assert not (tmp_path / "prompts_admin").exists()
