"""The waiting list: what waits for the person who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.views.console import show
from prompts_cli.views.releases import show_releases
from prompts_cli.views.settings import show_settings_changes

Document = Mapping[str, Any]


def show_waiting(waiting: Document) -> None:
    """Print releases and settings changes that wait, and how to go on."""
    releases, settings = waiting.get("releases") or (), waiting.get("settings") or ()
    refused = waiting.get("refused") or ()
    if not (releases or settings or refused):
        show("Nothing waits for you.")
    if releases:
        show_releases(releases)
        show(f"next: prompts-admin release {releases[0]['number']}")
    if settings:
        show_settings_changes(settings)
        show(f"next: prompts-admin settings {settings[0]['number']}")
    if refused:
        show("Refused, for you to mend and propose again:")
        show_releases(refused)
        show(f"next: prompts-admin release {refused[0]['number']}")
