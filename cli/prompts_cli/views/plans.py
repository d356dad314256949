"""What a rollback or a restore would do (a dry run), or the release that it made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.views.console import joined, percent, show, styled, table
from prompts_cli.views.releases import places_off, show_beside, show_hidden, show_release

Document = Mapping[str, Any]


def show_putting_back(answer: Document) -> None:
    """Print the release that came of it, or the plan of a dry run."""
    if answer.get("dry_run"):
        _show_plan(answer)
    else:
        show_release(answer)


def show_left_on(answer: Document) -> None:
    """Print what stays on because there is nothing to go back to."""
    for found in answer.get("left_on") or ():
        name = f"{found['key']}@{found['version']} on {found['stage']}"
        show(joined(styled("left on:", "bold red"), f"{name}: there is nothing to go back to"))


def show_switch_off(answer: Document) -> None:
    """Print the command that switches off what was left on."""
    ready = answer.get("switch_off")
    if ready:
        show(joined(styled("switch off:", "bold"), ready["command"]))


def entry_text(entry: Any) -> str:
    """Return what a stage has of an artifact: `v8 10 % (v7)`, `v7` or `nothing`."""
    if not isinstance(entry, Mapping):
        return "nothing" if entry is None else f"v{entry}"
    settled = f"v{entry['settled']}" if entry.get("settled") is not None else "nothing"
    if entry.get("candidate") is None:
        return settled
    return f"v{entry['candidate']} {percent(entry.get('percentage', 0))} ({settled})"


def _show_plan(answer: Document) -> None:
    off = places_off(answer)
    rows = [
        [
            change.get("stage"),
            change.get("key"),
            entry_text(change.get("before")),
            "off" if (change.get("stage"), change.get("key")) in off else entry_text(change.get("after")),
        ]
        for change in answer.get("changes") or ()
    ]
    show(table("stage", "artifact", "now", "would be", rows=rows) if rows else "Nothing would change.")
    show_hidden(answer)
    show_beside(answer)
    show("A dry run: nothing was changed.")
