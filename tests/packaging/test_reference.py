"""The reference pages are made from the program, and they are the ones that are committed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import hardening
from scripts.reference import FOLDER, PAGES

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reference_page_says_what_the_program_is(name: str) -> None:
    """Every setting, right, error code, operation and command stands in the docs as it is now."""
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m scripts.reference"


def test_the_readme_names_only_commands_that_exist() -> None:
    """Each `prompts-admin COMMAND` of the README and the guides is a command."""
    known = set((FOLDER / "commands.md").read_text(encoding="utf-8").replace("`", " ").split())
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("prompts-admin "):
                words = re.sub(r"--(data|as|url|token) \S+ ", "", line).split()[1:]
                word = next(word for word in words if not word.startswith("-"))
                assert word in known, f"{page.name}: {line}"


def test_every_attack_and_fault_has_a_test_or_a_reason() -> None:
    """An item without a test says why, and one with a test needs no excuse."""
    files = hardening.tested()
    numbers = [number for number, _ in hardening.items()]
    assert [] == [number for number in numbers if number not in files and number not in hardening.REASONS]
    assert [] == [number for number in sorted(files) if number not in numbers]
