"""Settings changes: who would be served or have to sign, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompts_cli.times import when
from prompts_cli.views.console import joined, show, styled, table

Document = Mapping[str, Any]


def show_settings_changes(changes: Sequence[Document]) -> None:
    """Print a list of settings changes, one a line."""
    if not changes:
        show("No settings changes.")
        return
    rows = [
        [
            str(change["number"]),
            change.get("state"),
            _scope(change),
            "; ".join(map(str, change.get("changes") or ())),
            change.get("proposed_by"),
        ]
        for change in changes
    ]
    show(table("change", "state", "scope", "what", "by", rows=rows))


def show_settings_change(change: Document) -> None:
    """Print one settings change and who is still needed."""
    title = styled(f"Settings change {change['number']} of {_scope(change)}", "bold")
    by = f"{change.get('proposed_by')}, {when(change.get('proposed_at'))}"
    show(joined(title, change.get("state"), by, gap=" · "))
    if change.get("note"):
        show(change["note"])
    for sentence in change.get("changes") or ():
        show(f"  {sentence}")
    for signed in change.get("signoffs") or ():
        role = f"as {signed['role']}" if signed.get("role") else ""
        show(joined(signed.get("verdict"), "by", signed.get("email"), role, signed.get("note")))
    for need in change.get("missing") or ():
        people = ", ".join(need.get("people") or ()) or "nobody active can"
        show(joined(styled("needed:", "yellow"), f"{need['count']} as {need['role']}: {people}"))
    if change.get("next"):
        show(joined(styled("next:", "bold"), change["next"]))
    if change.get("undo"):
        show(joined(styled("undo:", "bold"), change["undo"].get("command")))


def _scope(change: Document) -> str:
    return str(change.get("scope") or "the workspace")
