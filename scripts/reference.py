"""Writes docs/reference from the program's own tables, so that the pages cannot lag behind.

python -m scripts.reference          # write the pages
python -m scripts.reference --check  # say which pages are out of date, exit 1 if any
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

import click

from prompts_admin.api.contract.operation import PREFIX
from prompts_admin.api.operations import OPERATIONS
from prompts_admin.domain import errors
from prompts_admin.domain.people.permissions import as_json
from prompts_admin.settings.table import settings_table
from prompts_cli.command_table import SECTIONS, Entry
from scripts import documents, hardening

FOLDER = Path(__file__).parent.parent / "docs" / "reference"


def settings_page() -> str:
    """Return the table of settings."""
    rows = (
        (f"`{row['name']}`", row["type"], f"`{row['default']}`" if row["default"] else "", row["help"])
        for row in settings_table()
    )
    intro = "Environment variables. A secret one may also be read from the file that `NAME_FILE` names."
    return _page("Settings", intro, ("name", "type", "default", "what it does"), rows)


def access_page() -> str:
    """Return the table of who may do what."""
    rows = (
        (f"`{row['action']}`", row["role"], "everywhere" if row["everywhere"] else "per feature", row["help"])
        for row in as_json()
    )
    intro = (
        "Whatever is not listed is denied. A role may do what the ones before it may: viewer, editor, releaser,"
        " admin. Stakeholder roles (`product`, `legal`, `ml`, ...) only add the right to sign."
    )
    return _page("Who may do what", intro, ("action", "least role", "asked", "what it is"), rows)


def errors_page() -> str:
    """Return the table of error codes with HTTP status and exit code of the command line."""
    rows = ((f"`{code}`", str(status)) for code, status in sorted(errors.STATUS.items()))
    intro = (
        "Errors are `application/problem+json` with `code`, `detail`, `remedy` and, for input, `problems`."
        " Exit codes: 0 done or waiting as asked, 1 refused by a rule, 2 usage, 3 not found, 4 conflict or stale,"
        " 5 not permitted, 6 unreachable."
    )
    return _page("Error codes", intro, ("code", "HTTP status"), rows)


def api_page() -> str:
    """Return the table of REST operations."""
    rows = (
        (op.method, f"`{PREFIX}{op.path}`", op.access.replace("_", " "), op.summary)
        for op in sorted(OPERATIONS, key=lambda op: (op.path, op.method))
    )
    intro = (
        "JSON in and out, bearer token or session. The whole description, true by test, is served at"
        f" `{PREFIX}/openapi.json`. Lists are `{{items, next}}`, paged by `limit` and `after`."
    )
    return _page("REST API", intro, ("method", "path", "right", "what it does"), rows)


def commands_page() -> str:
    """Return every command with its usage and options."""
    parts = ["# Commands", "", "Made from the program; `prompts-admin COMMAND --help` says the same."]
    for section, entries in SECTIONS:
        parts += ["", f"## {section}"]
        for entry in entries:
            parts += _command(entry.name, _loaded(entry))
    return "\n".join(parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "access.md": access_page,
    "errors.md": errors_page,
    "api.md": api_page,
    "documents.md": documents.page,
    "commands.md": commands_page,
    "hardening.md": hardening.page,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them."""
    stale = [name for name, page in PAGES.items() if _read(FOLDER / name) != page()]
    if "--check" in arguments:
        print("\n".join(f"docs/reference/{name} is out of date" for name in stale))
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


def _loaded(entry: Entry) -> click.Command:
    command: click.Command = getattr(import_module(f"prompts_cli.commands.{entry.module}"), entry.attribute)
    return command


def _command(name: str, command: click.Command) -> list[str]:
    usage = " ".join(
        parameter.make_metavar(click.Context(command))
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    )
    help_text = (command.help or "").partition("\f")[0].strip().replace("\n", " ")
    lines = [
        "",
        f"### `prompts-admin {name}{' ' + usage if usage else ''}`",
        "",
        " ".join(help_text.split()),
        "",
    ]
    for sub in getattr(command, "commands", {}).values():
        lines.append(f"- `{name} {sub.name}`: {sub.get_short_help_str(120)}")
    for option in command.params:
        record = option.get_help_record(click.Context(command)) if isinstance(option, click.Option) else None
        if record:
            lines.append(f"- `{record[0]}`: {' '.join(record[1].split())}")
    return lines


def _page(title: str, intro: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"# {title}", "", intro, "", _row(heads), _row(["---"] * len(heads))]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
