"""`mirror`: the git repository of every version and stage."""

from __future__ import annotations

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
    session.output.answer(answer, _show_branches if what == "rebuild" else _show_push)
    if answer.get("ok") is False:
        raise click.exceptions.Exit(1)


def _show_branches(answer: dict[str, Any]) -> None:
    from prompts_cli.views.console import show, table

    rows = [[name, str(tree)] for name, tree in answer["branches"].items()]
    show(table("branch", "tree", rows=rows))


def _show_push(answer: dict[str, Any]) -> None:
    from prompts_cli.views.console import joined, show, styled

    mark = styled("✓", "green") if answer["ok"] else styled("✗", "red")
    show(joined(mark, answer.get("reason"), answer.get("detail")))
