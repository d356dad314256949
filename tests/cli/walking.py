"""Steps that several tests over a real store take, and its people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.scripted import Ran

PM, ML = "pm@example.com", "ml@example.com"
KEY = "support/tone"


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
