"""`releases`, `release`, `waiting`: what was released, and what waits for somebody."""

from __future__ import annotations

import click

from prompts_cli.command_classes import command
from prompts_cli.session import Session
from prompts_cli.transport.client import path_of

STATES = (
    "open",
    "proposed",
    "approved",
    "live",
    "superseded",
    "rolled_back",
    "refused",
    "withdrawn",
    "stale",
)


@command("prompts-admin releases --state proposed", "prompts-admin releases --key support/triage --json")
@click.option("--state", metavar="STATE", help=f"Only releases in this state: {', '.join(STATES)}.")
@click.option("--feature", metavar="FEATURE", help="Only releases of this feature.")
@click.option("--key", metavar="KEY", help="Only releases that change this artifact.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
def releases_command(
    session: Session, state: str | None, feature: str | None, key: str | None, limit: int
) -> None:
    """List releases, newest first."""
    from prompts_cli.views.releases import show_releases

    found = session.client.items("/releases", limit=limit, state=state, feature=feature, key=key)
    session.output.answer(found, show_releases)


@command("prompts-admin release 12")
@click.argument("number", type=int)
def release_command(session: Session, number: int) -> None:
    """Show one release: what it changes, what is checked, who signed and who is still needed."""
    from prompts_cli.views.releases import show_release

    session.output.answer(session.client.get(path_of("releases", number)), show_release)


@command("prompts-admin waiting")
def waiting_command(session: Session) -> None:
    """Show what waits for your sign-off, or for you to make it live."""
    from prompts_cli.views.waiting import show_waiting

    session.output.answer(session.client.get("/waiting"), show_waiting)
