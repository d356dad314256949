"""Where git is missing or old the program runs on, with a reason to show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from prompts_admin.mirror.git import available

ASK = "import sys; sys.path[:] = {path!r}; from prompts_admin.mirror import available; print(available())"


def ask(code: str, **environment: str) -> str:
    """Run `code` in a fresh Python with nothing but `environment`; return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode().strip()


def test_a_machine_without_git_gets_a_reason(tmp_path: Path) -> None:
    """No git on the path is no crash, and the reason names the next step."""
    reason = ask(ASK.format(path=sys.path), PATH=str(tmp_path))
    assert "Install git" in reason


def test_an_old_git_gets_a_reason(tmp_path: Path) -> None:
    """A git that would ignore our settings is not used."""
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\necho git version 2.25.1\n")
    program.chmod(0o755)
    reason = ask(ASK.format(path=sys.path), PATH=f"{tmp_path}:/bin:/usr/bin")
    assert reason.startswith("'git version 2.25.1' is too old")


def test_git_is_loaded_on_first_use_only() -> None:
    """Importing the package costs nothing to those who never mirror."""
    code = "import sys; sys.path[:] = {path!r}; import prompts_admin.mirror; print('git' in sys.modules)"
    assert ask(code.format(path=sys.path)) == "False"


def test_git_of_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken environment of the caller does not make git unusable."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
    assert available() is None
