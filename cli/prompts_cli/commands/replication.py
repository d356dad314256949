"""`mirror`, `publish`: copies of what the store holds, in a git repository and as published snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from prompts_cli.command_classes import command
from prompts_cli.session import Session
from prompts_cli.transport.client import path_of


@command("prompts-admin mirror rebuild", "prompts-admin mirror push")
@click.argument("what", type=click.Choice(["rebuild", "push"]))
def mirror_command(session: Session, what: str) -> None:
    """Rebuild the git mirror from the store, or push it to its remote."""
    answer = session.client.post(path_of("mirror", what))
    session.output.answer(answer, _show_mirror)
    if answer.get("ok") is False:
        raise click.exceptions.Exit(1)


@command("prompts-admin publish", "prompts-admin publish --json")
def publish_command(session: Session) -> None:
    """Publish what each token scope may see to PROMPTS_ADMIN_PUBLISH_URL now; the server does so by itself."""
    session.output.answer(session.client.post("/publish"), _show_published)


def _show_mirror(answer: Mapping[str, Any]) -> None:
    from prompts_cli.views.console import joined, show, styled, table

    if "branches" in answer:
        show(table("branch", "tree", rows=[[name, str(tree)] for name, tree in answer["branches"].items()]))
    else:
        mark = styled("✓", "green") if answer["ok"] else styled("✗", "red")
        show(joined(mark, answer.get("reason"), answer.get("detail")))


def _show_published(answer: Mapping[str, Any]) -> None:
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
