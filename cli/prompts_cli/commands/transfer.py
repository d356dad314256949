"""`import`, `export`: whole folders."""

from __future__ import annotations

from pathlib import Path

import click

from prompts_cli.arguments import STAGES
from prompts_cli.command_classes import command
from prompts_cli.session import Session


@command("prompts-admin import folder prompts --dry-run", "prompts-admin import folder prompts --live")
@click.argument("format", metavar="FORMAT", type=click.Choice(["folder"]), expose_value=False)
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--live", is_flag=True, help="Make it live as the first release of an empty workspace.")
@click.option("--message", "-m", metavar="TEXT", help="What this is, for the history.")
@click.option("--dry-run", is_flag=True, help="Show what would be saved and save nothing.")
@click.option("--ack", multiple=True, metavar="secrets", help="Acknowledge text that looks like a secret.")
def import_command(
    session: Session,
    path: Path,
    live: bool,
    message: str | None,
    dry_run: bool,
    ack: tuple[str, ...],
) -> None:
    """Import a folder of features; FORMAT is `folder`. Unchanged content makes no version."""
    from prompts_cli.files.transfer import import_files
    from prompts_cli.views.imports import show_import

    answer = import_files(
        session, [path], message=message, dry_run=dry_run, live=live, acknowledge=list(ack) or None
    )
    session.output.answer(answer, show_import)


@command("prompts-admin export backup/prompts", "prompts-admin export live --stage full")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--stage", type=click.Choice(STAGES), help="Only what is live on this stage.")
@click.option("--force", is_flag=True, help="Overwrite files that say something else.")
def export_command(session: Session, folder: Path, stage: str | None, force: bool) -> None:
    """Write what is live as files, which import again to the same digests."""
    from prompts_cli.files.transfer import write_files

    files = session.client.get("/exports", stage=stage)["files"]
    written = write_files(folder, files, force=force)
    answer = {"folder": str(folder), "files": [str(path) for path in written]}
    session.output.answer(answer, lambda _: session.output.hint(f"Wrote {len(written)} files to '{folder}'."))
