"""`mirror`: the git repository of every version and stage."""

from __future__ import annotations

from typing import Any

import click

from prompts_cli.client import path_of
from prompts_cli.group import command
from prompts_cli.session import Session


@command("prompts-admin mirror rebuild", "prompts-admin mirror push")
@click.argument("what", type=click.Choice(["rebuild", "push"]))
def mirror_command(session: Session, what: str) -> None:
    """Rebuild the git mirror from the store, or push it to its remote."""
    session.output.answer(session.client.post(path_of("mirror", what)), _show)


def _show(answer: dict[str, Any]) -> None:
    from prompts_cli.views.console import show, table

    branches = answer.get("branches") or {}
    show(table("branch", "commit", rows=[[name, str(commit)] for name, commit in branches.items()]))
