"""`audit`: who did what; check the chain, or export it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from prompts_cli.command_classes import command
from prompts_cli.output import print_text
from prompts_cli.session import Session


@command(
    "prompts-admin audit --feature support --limit 20",
    "prompts-admin audit verify",
    "prompts-admin audit export --output audit.jsonl",
)
@click.argument("what", type=click.Choice(["verify", "export"]), required=False)
@click.option("--feature", metavar="FEATURE", help="Only entries of this feature.")
@click.option("--subject", metavar="TEXT", help="Only entries about this key, release or person.")
@click.option("--actor", metavar="EMAIL", help="Only entries by this person.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File for the export.")
def audit_command(
    session: Session, what: str | None, limit: int, output: Path | None, **filters: str | None
) -> None:
    """List who did what, newest first; `verify` checks the chain of hashes, `export` writes every entry.

    An export is one JSON object a line, oldest first, with which the chain can be checked elsewhere.
    """
    from prompts_cli.views.audit import show_entries, show_verdict

    if what == "verify":
        verdict: dict[str, Any] = session.client.get("/audit/verify")
        session.output.answer(verdict, show_verdict)
        if not verdict.get("ok"):
            raise click.exceptions.Exit(1)
    elif what == "export":
        _export(session, output)
    else:
        session.output.answer(session.client.items("/audit", limit=limit, **filters), show_entries)


def _export(session: Session, output: Path | None) -> None:
    entries = session.client.items("/audit/export")
    lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    if output is None:
        session.output.answer(entries, lambda _: print_text(lines))
        return
    from prompts_cli.paths import PRIVATE, write_whole

    write_whole(output, lines.encode(), mode=PRIVATE)
    written = {"file": str(output), "entries": len(entries)}
    session.output.answer(
        written, lambda _: session.output.hint(f"Wrote {len(entries)} entries to '{output}'.")
    )
