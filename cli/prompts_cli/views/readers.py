"""Readers: which process serves which revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.convergence import convergence_line
from prompts_cli.times import when
from prompts_cli.views.console import show, styled, table

Document = Mapping[str, Any]


def show_readers(found: Document) -> None:
    """Print readers, those behind first, and the line that sums them up."""
    rows = [
        [
            reader["host"] or reader["reader"][:12],
            styled(_place(reader), "yellow" if reader["behind"] else "green"),
            reader["sdk"],
            reader["token"],
            when(reader["seen"]),
        ]
        for reader in found["items"]
    ]
    if rows:
        show(table("reader", "revision", "sdk", "token", "heard", rows=rows))
    show_convergence(found)


def show_convergence(found: Document) -> None:
    """Print how many readers are there, and who is not."""
    show(convergence_line(found))
    late = [reader for reader in found["items"] if reader["behind"]]
    for reader in late[:20]:
        show(f"  not there: {reader['host'] or reader['reader'][:12]} {_place(reader)}")
    if len(late) > 20:
        show(f"  and {len(late) - 20} more: prompts-admin readers")


def _place(reader: Document) -> str:
    at = "nothing yet" if reader["revision"] is None else str(reader["revision"])
    seconds = reader.get("behind_seconds")
    return f"{at}, behind for {seconds:.1f} s" if seconds is not None else at
