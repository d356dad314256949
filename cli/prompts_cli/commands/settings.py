"""`settings`: look at proposed changes of who is served or who must sign, and answer them."""

from __future__ import annotations

import click

from prompts_cli.command_classes import command
from prompts_cli.failures import failure
from prompts_cli.session import Session
from prompts_cli.transport.client import path_of

_ANSWERS = ("approve", "refuse", "apply", "withdraw", "undo")


@command("prompts-admin settings", "prompts-admin settings 3 --approve --note 'agreed in the review'")
@click.argument("number", type=int, required=False)
@click.option("--approve", is_flag=True, help="Sign the change.")
@click.option("--refuse", is_flag=True, help="Refuse the change.")
@click.option("--apply", is_flag=True, help="Put the approved change into force.")
@click.option("--withdraw", is_flag=True, help="Withdraw the change.")
@click.option("--undo", is_flag=True, help="Put back what was in force before the change.")
@click.option("--note", metavar="TEXT", help="What to say with the answer.")
def settings_command(session: Session, number: int | None, note: str | None, **answers: bool) -> None:
    """List settings changes, show one, or answer it.

    A change is proposed by saving `_feature.yaml` or `_workspace.yaml`.
    """
    from prompts_cli.views.settings import show_settings_change, show_settings_changes

    wanted = [name for name in _ANSWERS if answers[name]]
    if len(wanted) > 1 or (wanted and number is None):
        raise failure("malformed", "Answer one change in one way.", "prompts-admin settings N --approve")
    if number is None:
        session.output.answer(session.client.items("/settings"), show_settings_changes)
        return
    path, noted = path_of("settings", number), {"note": note} if note else {}
    if not wanted:
        change = session.client.get(path)
    elif wanted[0] in ("approve", "refuse"):
        change = session.client.post(f"{path}/signoffs", {"verdict": wanted[0], **noted})
    else:
        change = session.client.post(f"{path}/{wanted[0]}", noted if wanted[0] == "withdraw" else {})
    session.output.answer(change, show_settings_change)
