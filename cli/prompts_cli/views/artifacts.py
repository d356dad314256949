"""Artifacts: what is live where, one version, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prompts_cli.arguments import STAGES
from prompts_cli.times import when
from prompts_cli.views.console import joined, percent, show, styled, table
from prompts_cli.views.plans import entry_text

if TYPE_CHECKING:
    from rich.text import Text

Document = Mapping[str, Any]


def show_status(items: Sequence[Document]) -> None:
    """Print artifact x stage."""
    if not items:
        show("No artifacts here.")
        return
    rows = [
        [item["key"], item["kind"], _version(item.get("latest")), *(_cell(item, stage) for stage in STAGES)]
        for item in items
    ]
    show(table("artifact", "kind", "latest", *STAGES, rows=rows))


def show_version(version: Document) -> None:
    """Print one version: what and whose it is, where it is live, and its text."""
    number = _version(version["number"])
    facts = [version.get("kind"), f"by {version.get('author')}", when(version.get("created_at"))]
    show(joined(styled(version["key"], "bold"), styled(number, "bold"), joined(*facts, gap=" · "), gap="  "))
    if version.get("message"):
        show(version["message"])
    show(styled(version.get("digest", ""), "dim"))
    if version.get("stages"):
        cells = [_cell(version, stage) for stage in STAGES]
        show(joined(*(joined(stage, cell) for stage, cell in zip(STAGES, cells, strict=True)), gap="   "))
    if version.get("marked"):
        show(styled("This content was rolled back.", "yellow"))
    for warning in version.get("warnings") or ():
        show(joined(styled("warning:", "yellow"), _warning(warning)))
    show("", str(version.get("text", "")).rstrip("\n"))


def show_history(items: Sequence[Document]) -> None:
    """Print the releases that moved an artifact, newest first."""
    if not items:
        show("Never released.")
        return
    rows = [
        [
            str(item["release"]),
            item.get("kind"),
            item.get("stage"),
            f"{entry_text(item.get('before'))} → {entry_text(item.get('after'))}",
            when(item.get("at")),
            item.get("by"),
            item.get("note"),
        ]
        for item in items
    ]
    show(table("release", "kind", "stage", "change", "at", "by", "note", rows=rows))


def show_saved(version: Document) -> None:
    """Print what became of a saved text."""
    name = f"{version['key']}@{version['number']}"
    if version.get("created", True) is False:
        show(f"Nothing changed; {name} is the latest version.")
        return
    show(joined(styled("saved", "green"), name))
    for warning in version.get("warnings") or ():
        show(joined(styled("warning:", "yellow"), _warning(warning)))
    show(joined(styled("next:", "bold"), f"prompts-admin promote {version['key']} --to internal"))


def _cell(item: Document, stage: str) -> Text:
    cell = (item.get("stages") or {}).get(stage)
    if not cell:
        return styled("–", "dim")
    if cell.get("version") == cell.get("settled") or cell.get("version") is None:
        ahead = item.get("latest") and cell.get("settled") != item["latest"]
        return styled(_version(cell.get("settled")), "" if ahead else "green")
    share = f"{_version(cell['version'])} {percent(cell['percentage'])}"
    return joined(styled(share, "cyan"), styled(f"({_version(cell.get('settled'))})", "dim"))


def _version(number: Any) -> str:
    return f"v{number}" if number is not None else "nothing"


def _warning(warning: Any) -> str:
    return str(warning.get("message", warning)) if isinstance(warning, Mapping) else str(warning)
