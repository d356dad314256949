"""Fixtures of the mirror: real repositories in temporary folders, and a git to read them with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.mirror import Mirror, MirrorCommit

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An open, empty mirror that may also push to a folder."""
    fresh = Mirror(tmp_path / "mirror.git", protocols=("https", "ssh", "file"), patience=10)
    fresh.open()
    return fresh


@pytest.fixture
def commit() -> Callable[..., MirrorCommit]:
    """Make commits: `commit(3)`, `commit(3, "beta", files={...}, message=...)`."""

    def make(event: int, branch: str = "main", **changes: Any) -> MirrorCommit:
        files: Mapping[str, str | None] = {"support/triage.yaml": f"text: {branch} {event}\n"}
        fields: dict[str, Any] = {
            "author_name": "Ana",
            "author_email": "ana@example.com",
            "at": START + timedelta(minutes=event),
            "message": f"Version {event}",
            "files": files,
        }
        return MirrorCommit(branch, event, **{**fields, **changes})

    return make


@pytest.fixture
def read() -> Callable[..., str]:
    """Read a repository with git itself: `read(folder, "log", "main")`; fails the test when git does."""

    def run(folder: Path, *arguments: str) -> str:
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", f"--git-dir={folder}", *arguments]
        done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **quiet})
        return done.stdout.decode()

    return run
