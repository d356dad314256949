"""`publish`: snapshots at a folder or an object store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_cli.command_classes import command
from prompts_cli.session import Session


@command("prompts-admin publish", "prompts-admin publish --json")
def publish_command(session: Session) -> None:
    """Publish what each token scope may see to PROMPTS_ADMIN_PUBLISH_URL now; the server does so by itself."""
    session.output.answer(session.client.post("/publish"), _show)


def _show(answer: Mapping[str, Any]) -> None:
    from prompts_cli.views.console import show, table

    rows = [
        [
            ", ".join(scope["features"] or ()) or "all features",
            scope["clearance"],
            str(scope["revision"]),
            f"{scope['size']:,}",
            "published" if scope["changed"] else "was there",
            scope["pointer"],
        ]
        for scope in answer["scopes"]
    ]
    show(table("features", "clearance", "revision", "bytes", "", "pointer", rows=rows))
    if not rows:
        show("There is no active token of the role 'serve', so nothing is published.")
    if answer["removed"]:
        show(f"Removed what {answer['removed']} revoked scopes had.")
