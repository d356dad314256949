"""`save`, `edit`, `copy`, `archive`, `unarchive`: changes of artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prompts_cli.arguments import key_argument
from prompts_cli.command_classes import command
from prompts_cli.paths import drafts_folder
from prompts_cli.session import Session
from prompts_cli.transport.client import artifact_path


@command(
    "prompts-admin save prompts/support/triage.yaml -m 'shorter greeting'",
    "prompts-admin save prompts --dry-run",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--message", "-m", metavar="TEXT", help="What changed, for the history.")
@click.option("--dry-run", is_flag=True, help="Show what would be saved and save nothing.")
@click.option("--update-pins", is_flag=True, help="Take the newest version of every unpinned reference.")
@click.option("--ack", multiple=True, metavar="secrets", help="Acknowledge text that looks like a secret.")
def save_command(
    session: Session,
    paths: tuple[Path, ...],
    message: str | None,
    dry_run: bool,
    update_pins: bool,
    ack: tuple[str, ...],
) -> None:
    """Save files, or folders whose paths are the keys: all of them or, with an error, none.

    A file given alone has its folder's name and its own as key. What has not changed makes no version.
    `_feature.yaml` and `_workspace.yaml` become proposals where they decide who is served or must sign.
    """
    from prompts_cli.files.transfer import import_files
    from prompts_cli.views.imports import show_import

    answer = import_files(
        session,
        paths,
        message=message,
        dry_run=dry_run,
        update_pins=update_pins,
        acknowledge=list(ack) or None,
    )
    session.output.answer(answer, show_import)


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


@command("prompts-admin copy support/triage support/triage-short")
@key_argument()
@key_argument("new", completed=False)
def copy_command(session: Session, key: str, new: str) -> None:
    """Copy the latest version of an artifact to a new key; keys never change, so this is how to rename."""
    from prompts_cli.views.artifacts import show_saved

    session.output.answer(session.client.post(artifact_path(key, "copy"), {"key": new}), show_saved)


@command("prompts-admin archive support/triage-short")
@key_argument()
def archive_command(session: Session, key: str) -> None:
    """Archive an artifact that is live nowhere and pinned by nothing live."""
    answer = session.client.post(artifact_path(key, "archive"))
    told = f"'{key}' is archived. Back again: prompts-admin unarchive {key}"
    session.output.answer(answer, lambda _: session.output.hint(told))


@command("prompts-admin unarchive support/triage-short")
@key_argument(completed=False)
def unarchive_command(session: Session, key: str) -> None:
    """Take an archived artifact into use again; what its versions are stays as it was."""
    answer = session.client.post(artifact_path(key, "unarchive"))
    session.output.answer(answer, lambda _: session.output.hint(f"'{key}' is in use again."))
