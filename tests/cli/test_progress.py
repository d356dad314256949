"""The progress line: for people at a terminal, after a second, and gone when the work is done."""

from __future__ import annotations

import io
import time

import pytest

from prompts_cli import progress as module
from prompts_cli.progress import progress


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass quickly."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)


def test_a_slow_step_is_told_and_the_line_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time the label is shown; at the end the line is empty again."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress("waiting for the server"):
        time.sleep(0.2)
    assert "… waiting for the server (" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_pipe_gets_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches nothing is written."""
    with progress("waiting"):
        time.sleep(0.05)
    assert ("", "") == capsys.readouterr()


def test_a_quick_step_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done in time leaves no trace."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 5.0)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress("waiting"):
        pass
    assert "" == terminal.getvalue()
