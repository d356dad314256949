"""`edit`: the latest version in $EDITOR."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prompts_cli.arguments import key_argument
from prompts_cli.command_classes import command
from prompts_cli.paths import drafts_folder
from prompts_cli.session import Session
from prompts_cli.transport.client import artifact_path


@command("prompts-admin edit support/triage -m 'shorter greeting'")
@key_argument()
@click.option("--message", "-m", metavar="TEXT", help="What changed, for the history.")
@click.option("--update-pins", is_flag=True, help="Take the newest version of every unpinned reference.")
@click.option("--ack", multiple=True, metavar="secrets", help="Acknowledge text that looks like a secret.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Go on with a text that was kept.",
)
@click.option("--base", type=click.IntRange(1), metavar="V", help="Version that the kept text was based on.")
def edit_command(session: Session, key: str, file: Path | None, base: int | None, **given: Any) -> None:
    """Edit the latest version of an artifact in $VISUAL or $EDITOR and save it as a new one.

    A text with errors is shown again with what is wrong; when you leave, it is kept and its path printed.
    """
    from prompts_cli.files.edit_loop import Editing, nothing_changed
    from prompts_cli.files.editor import start_draft
    from prompts_cli.files.source_files import read
    from prompts_cli.views.artifacts import show_saved

    named = {
        "message": given["message"],
        "update_pins": given["update_pins"],
        "acknowledge": list(given["ack"]),
    }
    wishes = {name: value for name, value in named.items() if value}
    number = base or session.client.get(artifact_path(key))["latest"]
    original = str(session.client.get(artifact_path(key, "versions", number))["text"])
    draft = start_draft(drafts_folder(session.environ), key, read(file) if file else original)
    editing = Editing(session, key, number, original, draft, wishes)
    session.output.answer(editing.run() or nothing_changed(key, editing.base), show_saved)
