"""`readers`: which processes serve which revision."""

from __future__ import annotations

import click

from prompts_cli.command_classes import command
from prompts_cli.session import Session


@command("prompts-admin readers", "prompts-admin readers --revision 812 --json")
@click.option("--revision", type=click.IntRange(0), metavar="N", help="Hold them against this revision.")
def readers_command(session: Session, revision: int | None) -> None:
    """List the readers that were heard lately, those behind first, and for how long they are."""
    from prompts_cli.views.readers import show_readers

    query = {} if revision is None else {"revision": revision}
    session.output.answer(session.client.get("/readers", **query), show_readers)
