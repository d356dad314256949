"""`approve`, `refuse`, `take-back`, `apply`, `withdraw`: answers to a release."""

from __future__ import annotations

from typing import Any

import click

from prompts_cli.command_classes import command
from prompts_cli.session import Session
from prompts_cli.transport.client import path_of

_note = click.option("--note", metavar="TEXT", help="What to say with it.")
_number = click.argument("number", type=int)


@command("prompts-admin approve 12", "prompts-admin approve 12 --as legal --note 'wording is fine'")
@_number
@click.option("--as", "as_", multiple=True, metavar="ROLE", help="Role to sign in, when you hold several.")
@_note
def approve_command(session: Session, number: int, as_: tuple[str, ...], note: str | None) -> None:
    """Sign a release: you answer for exactly the content that it shows.

    A value of `--as` with an @ is a person to act as, as everywhere (stores of `up --demo` only).
    """
    people = [value for value in as_ if "@" in value]
    roles = [value for value in as_ if "@" not in value]
    if len(people) > 1 or len(roles) > 1:
        raise click.UsageError("Sign in one role, as one person.")
    session.options = session.options.overridden({"act_as": "".join(people)})
    _sign(session, number, verdict="approve", role="".join(roles), note=note)


@command("prompts-admin refuse 12 --note 'the refund promise is not ours to make'")
@_number
@click.option("--note", metavar="TEXT", required=True, help="Why; the proposer reads it.")
@click.option("--role", metavar="ROLE", help="Role to refuse in, when you hold several.")
def refuse_command(session: Session, number: int, note: str, role: str | None) -> None:
    """Refuse a release: one refusal in a role that must sign closes it."""
    _sign(session, number, verdict="refuse", role=role, note=note)


@command("prompts-admin take-back 12")
@_number
def take_back_command(session: Session, number: int) -> None:
    """Take back your sign-off, while the release is not live."""
    _show(session, session.client.delete(path_of("releases", number, "signoffs")))


@command("prompts-admin apply 12")
@_number
def apply_command(session: Session, number: int) -> None:
    """Make an approved release live."""
    _show(session, session.client.post(path_of("releases", number, "apply")))


@command("prompts-admin withdraw 12 --note 'found a better wording'")
@_number
@_note
def withdraw_command(session: Session, number: int, note: str | None) -> None:
    """Withdraw a release that is not live."""
    body = {"note": note} if note else {}
    _show(session, session.client.post(path_of("releases", number, "withdraw"), body))


def _sign(session: Session, number: int, *, verdict: str, role: str | None, note: str | None) -> None:
    given = {"verdict": verdict, "role": role, "note": note}
    body = {name: value for name, value in given.items() if value}
    _show(session, session.client.post(path_of("releases", number, "signoffs"), body))


def _show(session: Session, release: Any) -> None:
    from prompts_cli.views.releases import show_release

    session.output.answer(release, show_release)
