"""`backup`, `restore-backup`: the whole store as one file."""

from __future__ import annotations

from pathlib import Path

import click

from prompts_cli.command_classes import command
from prompts_cli.failures import failure
from prompts_cli.session import Session


@command("prompts-admin backup prompts-admin-2026-11-22.backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def backup_command(session: Session, file: Path, force: bool) -> None:
    """Write the whole store to a file, consistent also while the server runs."""
    from prompts_cli.paths import PRIVATE, write_whole

    if file.exists() and not force:
        raise failure("in_use", f"'{file}' exists.", "Name another file, or overwrite it with --force.")
    body = session.client.send("POST", "/backups", body={}).body
    write_whole(file, body, mode=PRIVATE)
    answer = {"file": str(file), "bytes": len(body)}
    session.output.answer(answer, lambda _: session.output.hint(f"Wrote {len(body)} bytes to '{file}'."))


@command("prompts-admin restore-backup prompts-admin-2026-11-22.backup --data ./data --yes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace the store without asking.")
def restore_backup_command(session: Session, file: Path, yes: bool) -> None:
    """Replace the store in the local data folder by a backup; says first what it replaces."""
    from prompts_cli.local import restore

    plan = restore.plan(session, file)
    backup, rows = plan["backup"], plan["backup"].get("rows") or {}
    counts = (f"{rows[name]} {name}" for name in ("artifacts", "versions", "releases") if name in rows)
    holds = ", ".join([f"revision {backup['revision']}", *counts])
    session.output.hint(f"The backup of {backup['created_at']:%Y-%m-%d %H:%M} UTC holds {holds}.")
    session.output.hint(f"It replaces in '{session.data}' {restore.told(plan['replaces'])}.")
    if not yes:
        if not session.interactive:
            raise failure("malformed", "Replacing a store needs your consent.", "Add --yes.")
        click.confirm("Replace it?", abort=True, err=True)
    answer = restore.replace(session, file)
    session.output.answer(
        answer, lambda _: session.output.hint(f"Now there: {restore.told(answer['after'])}.")
    )
