"""Findings of the doctor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.views.console import joined, show, styled

_MARKS = {"ok": ("✓", "green"), "off": ("–", "yellow"), "broken": ("✗", "red")}


def show_findings(answer: Mapping[str, Any]) -> None:
    """Print the findings, one a line, with what to do."""
    for finding in answer["findings"]:
        mark = styled(*_MARKS[finding["state"]])
        show(joined(mark, f"{finding['name']}: {finding['detail']}", finding["remedy"], gap="  "))
