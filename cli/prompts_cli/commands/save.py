"""`save`: files, or a folder whose paths are the keys."""

from __future__ import annotations

from pathlib import Path

import click

from prompts_cli.command_classes import command
from prompts_cli.session import Session


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
    from prompts_cli.files.imports import import_files
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
