"""`token`: API tokens."""

from __future__ import annotations

from typing import Any

import click

from prompts_cli.command_classes import group
from prompts_cli.session import Session
from prompts_cli.times import moment_option
from prompts_cli.transport.client import path_of


@group("prompts-admin token", "prompts-admin token create --name website --role serve --feature support")
def token_command(session: Session) -> None:
    """List API tokens; the sub-commands create and revoke them."""
    _list(session)


@token_command.sub("list", "prompts-admin token list --json")
def list_command(session: Session) -> None:
    """List tokens: role, features, expiry, last use."""
    _list(session)


@token_command.sub("create", "prompts-admin token create --name website --role serve --feature support")
@click.option("--name", required=True, metavar="N", help="What the token is for.")
@click.option("--role", required=True, metavar="R", help="viewer, editor, releaser, admin or serve.")
@click.option("--feature", "features", multiple=True, metavar="F", help="Only these features; else all.")
@click.option("--user", metavar="EMAIL", help="The person that the token acts as; else no person.")
@click.option(
    "--clearance",
    type=click.Choice(["public", "internal", "confidential", "pii"]),
    help="Most sensitive data that it sees (internal).",
)
@click.option("--expires", callback=moment_option, metavar="TIME", help="When it ends.")
def create_command(session: Session, features: tuple[str, ...], **given: Any) -> None:
    """Create a token; it is shown this once."""
    from prompts_cli.views.people import show_new_token

    body = {name: value for name, value in given.items() if value is not None}
    body |= {"features": list(features)} if features else {}
    session.output.answer(session.client.post("/tokens", body), show_new_token)


@token_command.sub("revoke", "prompts-admin token revoke f110e077df5f")
@click.argument("token_id", metavar="ID")
def revoke_command(session: Session, token_id: str) -> None:
    """Revoke a token; it ends at once."""
    answer = session.client.delete(path_of("tokens", token_id)) or {"id": token_id, "revoked": True}
    session.output.answer(answer, lambda _: session.output.hint(f"Token '{token_id}' is revoked."))


def _list(session: Session) -> None:
    from prompts_cli.views.people import show_tokens

    session.output.answer(session.client.items("/tokens"), show_tokens)
