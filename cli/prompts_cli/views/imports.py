"""Imports: what became of saved files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.views.console import joined, show, styled

Document = Mapping[str, Any]


def show_import(answer: Document) -> None:
    """Print the versions made, what was unchanged, and what waits."""
    would = "would be " if answer.get("dry_run") else ""
    created = answer.get("created") or ()
    for version in created:
        show(joined(styled(f"{would}saved", "green"), f"{version['key']}@{version['number']}"))
    unchanged = answer.get("unchanged") or ()
    if unchanged:
        show(f"unchanged: {len(unchanged)}")
    for warning in answer.get("warnings") or ():
        show(joined(styled("warning:", "yellow"), _warning(warning)))
    _show_settings(answer.get("settings_changes") or (), would)
    release = answer.get("release")
    if release:
        show(f"Live by release {release.get('number') if isinstance(release, Mapping) else release}.")
    elif answer.get("dry_run"):
        show("A dry run: nothing was saved.")
    elif created:
        show(joined(styled("next:", "bold"), f"prompts-admin promote {created[0]['key']} --to internal"))


def _show_settings(changes: Any, would: str) -> None:
    for change in changes:
        number = change.get("number") if isinstance(change, Mapping) else change
        if would or number is None:
            scope = change.get("scope") if isinstance(change, Mapping) else ""
            show(joined(f"{would}proposed:", "a settings change", f"of {scope}" if scope else ""))
        else:
            show(f"proposed: settings change {number}; see prompts-admin settings {number}")


def _warning(warning: Any) -> str:
    if not isinstance(warning, Mapping):
        return str(warning)
    place = ":".join(str(warning[part]) for part in ("file", "line") if warning.get(part))
    return " ".join(part for part in (place, str(warning.get("message", ""))) if part)
