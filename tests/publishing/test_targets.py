"""Targets beyond a folder: what is needed for them, and that fsspec's others hold the same promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from prompts_admin.publishing import shelf
from prompts_admin.publishing.objects import ObjectTarget
from prompts_admin.publishing.shelf import Edition


def test_a_server_without_the_package_starts_and_says_what_to_install() -> None:
    """Opening the product imports nothing of it; publishing names the line to type."""
    program = """
import sys
sys.modules["fsspec"] = None
import prompts_admin.server.process
from prompts_admin.publishing.targets import open_target
try:
    open_target("s3://bucket/x", "{}")
except Exception as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'prompts-admin[server,publish-s3]'" in done.stdout


def test_any_other_target_of_fsspec_works_by_its_own_means(tmp_path: Path) -> None:
    """One that cannot put a file at once gets it written beside and renamed."""
    for url in ("memory://snapshots", f"local://{tmp_path}/deep"):
        target = ObjectTarget(url, {})
        edition = Edition(epoch="e", revision=1, created_at="", content=b"one", unpacked=3)
        assert [(1, True), (1, False)] == [
            (pointer.revision, new) for pointer, new in (shelf.put(target, "scope", edition) for _ in "12")
        ]
        assert ["scope"] == target.folders()
        assert 2 == len(target.files("scope"))
        shelf.withdraw(target, "scope")
        assert None is target.read("scope/current.json")
