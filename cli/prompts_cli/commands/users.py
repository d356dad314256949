"""`user`: people and their roles."""

from __future__ import annotations

from typing import Any

import click

from prompts_cli.command_classes import group
from prompts_cli.session import Session
from prompts_cli.transport.client import path_of

EVERYWHERE = "*"

_email = click.argument("email")
_features = click.option(
    "--feature",
    "features",
    multiple=True,
    metavar="F",
    help="Only on this feature; everywhere when not given.",
)


@group(
    "prompts-admin user", "prompts-admin user add ana@example.com --name Ana --role editor --feature support"
)
def user_command(session: Session) -> None:
    """List people; the sub-commands add them and change what they may do."""
    _list(session)


@user_command.sub("list", "prompts-admin user list --json")
def list_command(session: Session) -> None:
    """List people and their roles."""
    _list(session)


@user_command.sub("add", "prompts-admin user add ana@example.com --name Ana --role editor --role legal")
@_email
@click.option("--name", metavar="NAME", help="How the person is called.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Access or stakeholder role.")
@_features
def add_command(
    session: Session, email: str, name: str | None, roles: tuple[str, ...], features: tuple[str, ...]
) -> None:
    """Add a person; the answer holds the link with which they set their password, shown once."""
    body = {"email": email, "name": name or email.partition("@")[0], "roles": _grants(roles, features)}
    _show(session, session.client.post("/users", body))


@user_command.sub("grant", "prompts-admin user grant ana@example.com legal --feature support")
@_email
@click.argument("role")
@_features
def grant_command(session: Session, email: str, role: str, features: tuple[str, ...]) -> None:
    """Give a person a role."""
    _patch(session, email, grant=_grants((role,), features))


@user_command.sub("revoke", "prompts-admin user revoke ana@example.com legal")
@_email
@click.argument("role")
@_features
def revoke_command(session: Session, email: str, role: str, features: tuple[str, ...]) -> None:
    """Take a role from a person."""
    _patch(session, email, revoke=_grants((role,), features))


@user_command.sub("disable", "prompts-admin user disable ana@example.com --successor ben@example.com")
@_email
@click.option("--successor", metavar="EMAIL", help="Who takes over what only this person holds.")
def disable_command(session: Session, email: str, successor: str | None) -> None:
    """Disable a person; their sessions and tokens end at once."""
    _patch(session, email, active=False, **({"successor": successor} if successor else {}))


@user_command.sub("enable", "prompts-admin user enable ana@example.com")
@_email
def enable_command(session: Session, email: str) -> None:
    """Enable a person again."""
    _patch(session, email, active=True)


@user_command.sub("invite", "prompts-admin user invite ana@example.com")
@_email
def invite_command(session: Session, email: str) -> None:
    """Make a new link with which a person sets their password, shown once."""
    _show(session, session.client.post(path_of("users", email, "invite")))


def _grants(roles: tuple[str, ...], features: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"role": role, "feature": feature} for role in roles for feature in features or (EVERYWHERE,)]


def _list(session: Session) -> None:
    from prompts_cli.views.people import show_people

    session.output.answer(session.client.items("/users"), show_people)


def _patch(session: Session, email: str, **changes: Any) -> None:
    _show(session, session.client.patch(path_of("users", email), changes))


def _show(session: Session, person: Any) -> None:
    from prompts_cli.views.people import show_person

    session.output.answer(person, show_person)
