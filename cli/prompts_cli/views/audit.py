"""The audit log: its entries, and whether its chain holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prompts_cli.terminal_text import one_line
from prompts_cli.times import when
from prompts_cli.views.console import joined, show, styled, table

Document = Mapping[str, Any]

LONGEST = 60
"""Characters of a detail in the table."""


def show_entries(entries: Sequence[Document]) -> None:
    """Print entries, one a line."""
    rows = [
        [
            str(entry["seq"]),
            when(entry.get("at")),
            joined(entry.get("actor"), f"({entry['via']})" if entry.get("via") else ""),
            entry.get("action"),
            entry.get("subject"),
            in_short(entry.get("detail") or {}),
        ]
        for entry in entries
    ]
    show(table("entry", "at", "who", "did", "what", "detail", rows=rows) if rows else "No entries.")


def in_short(detail: Document) -> str:
    """Return the detail of an entry in one short line; `--json` has all of it."""
    parts = [f"{name} {_value(value)}" for name, value in detail.items() if value not in (None, "", [], {})]
    text = one_line(", ".join(parts))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _value(value: Any) -> str:
    if isinstance(value, str) and value.startswith("sha256:"):
        return value[:15]
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        return f"({len(value)})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def show_verdict(verdict: Document) -> None:
    """Print whether the chain of the audit log holds."""
    mark = styled("✓", "green") if verdict.get("ok") else styled("✗", "red")
    show(joined(mark, f"{verdict.get('entries')} entries, head {verdict.get('head')}", gap="  "))
    if verdict.get("anchors"):
        show(f"  held against {len(verdict['anchors'])} entries that the git mirror remembers")
    for problem in verdict.get("problems") or ():
        show(f"  {problem}")
