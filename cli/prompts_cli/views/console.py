"""The console: rich on a terminal, plain text elsewhere, and never a markup that comes from data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from prompts_cli.terminal_text import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# In a pipe nobody sees the edge of a window; lines must not be cut or folded there.
_PIPE_WIDTH = 10_000


def console() -> Console:
    """Return a console on standard output; colours only on a terminal and without NO_COLOR."""
    from rich.console import Console

    # Highlighting and markup would take parts of what people wrote for commands.
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else _PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def is_plain(screen: Console) -> bool:
    """Tell whether colours carry nothing on this console, so that marks have to."""
    return screen.no_color or screen.color_system is None


def styled(text: Any, style: str = "") -> Text:
    """Return text from data, with control characters made visible."""
    from rich.text import Text

    return Text(visible(str(text)), style=style)


def joined(*parts: Any, gap: str = " ") -> Text:
    """Join texts and strings that are not empty."""
    from rich.text import Text

    texts = [part if isinstance(part, Text) else styled(part) for part in parts if part]
    return Text(gap).join(texts)


def table(*columns: str, rows: Iterable[Sequence[Any]]) -> Table:
    """Return a table without frames; cells are texts or plain strings."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(
            *(cell if isinstance(cell, Text) else styled("" if cell is None else cell) for cell in row)
        )
    return made


def show(*lines: Any) -> None:
    """Print texts, tables and strings, one after the other."""
    from rich.table import Table

    screen = console()
    for line in lines:
        if isinstance(line, Table):
            # Without the blanks that fill its last column.
            with screen.capture() as caught:
                screen.print(line)
            sys.stdout.write("".join(f"{row.rstrip()}\n" for row in caught.get().splitlines()))
        else:
            screen.print(styled(line) if isinstance(line, str) else line, soft_wrap=True)


def percent(value: Any) -> str:
    """Return a percentage as people write it: `10 %`, `0.5 %`."""
    return f"{float(value):g} %"
