"""The audit log for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prompts_cli.text import one_line
from prompts_cli.times import when
from prompts_cli.views.console import joined, show, styled, table

Document = Mapping[str, Any]


def show_entries(entries: Sequence[Document]) -> None:
    """Print entries, one a line."""
    rows = [
        [
            str(entry["seq"]),
            when(entry.get("at")),
            joined(entry.get("actor"), f"({entry['via']})" if entry.get("via") else ""),
            entry.get("action"),
            entry.get("subject"),
            one_line(json.dumps(entry.get("detail") or {}, ensure_ascii=False)),
        ]
        for entry in entries
    ]
    show(table("entry", "at", "who", "did", "what", "detail", rows=rows) if rows else "No entries.")


def show_verdict(verdict: Document) -> None:
    """Print whether the chain of the audit log holds."""
    mark = styled("✓", "green") if verdict.get("ok") else styled("✗", "red")
    show(joined(mark, f"{verdict.get('entries')} entries, head {verdict.get('head')}", gap="  "))
    if verdict.get("anchors"):
        show(f"  held against {len(verdict['anchors'])} entries that the git mirror remembers")
    for problem in verdict.get("problems") or ():
        show(f"  {problem}")
