"""Comparisons: sentences for what is structured, words for texts; readable without colours too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prompts_cli.views.console import console, is_plain, joined, show, styled

if TYPE_CHECKING:
    from rich.text import Text

Document = Mapping[str, Any]

# Lines of unchanged text that are shown before and after a change.
_AROUND = 3


def show_diff(comparison: Document) -> None:
    """Print a comparison of two versions."""
    sides = f"{comparison.get('from')} → {comparison.get('to')}"
    show(joined(styled(comparison.get("key", ""), "bold"), sides, gap="  "))
    show_changes(comparison.get("changes") or ())
    for sentence in comparison.get("breaking") or ():
        show(joined(styled("breaking:", "bold red"), sentence))


def show_changes(changes: Sequence[Document]) -> None:
    """Print changes one by one; nothing to change is said."""
    from rich.text import Text

    if not changes:
        show("No difference.")
    screen = console()
    plain = is_plain(screen)
    for change in changes:
        head = joined(
            styled(f"{change.get('class', '')}:", "dim"), change.get("sentence") or change.get("path")
        )
        screen.print(head, soft_wrap=True)
        if change.get("words"):
            lines = words_of(change["words"], plain=plain).split("\n", allow_blank=True)
            indented = Text("\n").join(Text("    ").append_text(line) for line in lines)
            screen.print(indented, soft_wrap=True)


def words_of(words: Sequence[Document], *, plain: bool) -> Text:
    """Return a text with its removed words red and struck and its added ones green, or `[-old-]{+new+}`."""
    from rich.text import Text

    made = Text()
    for word in words:
        kind, text = word.get("kind"), str(word.get("text", ""))
        if kind == "removed":
            made.append_text(styled(f"[-{text}-]") if plain else styled(text, "red strike"))
        elif kind == "added":
            made.append_text(styled(f"{{+{text}+}}") if plain else styled(text, "green"))
        else:
            made.append_text(styled(folded(text)))
    return made


def folded(text: str) -> str:
    """Return unchanged text with its middle left out when that is long."""
    lines = text.split("\n")
    hidden = len(lines) - 2 * _AROUND
    if hidden < _AROUND:
        return text
    return "\n".join([*lines[:_AROUND], f"  … {hidden} lines unchanged …", *lines[-_AROUND:]])
