"""Comparisons: sentences for what is structured, words for texts; readable without colours too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prompts_cli.views.console import console, is_plain, joined, show, styled

if TYPE_CHECKING:
    from rich.text import Text

Document = Mapping[str, Any]

_REMOVED = frozenset({"removed", "deleted", "delete", "remove", "old", "-"})
_ADDED = frozenset({"added", "inserted", "insert", "add", "new", "+"})


def show_diff(comparison: Document) -> None:
    """Print a comparison of two versions."""
    sides = f"{comparison.get('from')} → {comparison.get('to')}"
    show(joined(styled(comparison.get("key", ""), "bold"), sides, gap="  "))
    show_changes(comparison.get("changes") or ())
    for sentence in comparison.get("breaking") or ():
        show(joined(styled("breaking:", "bold red"), _sentence(sentence)))


def show_changes(changes: Sequence[Document]) -> None:
    """Print changes one by one; nothing to change is said."""
    if not changes:
        show("No difference.")
    screen = console()
    plain = is_plain(screen)
    for change in changes:
        head = joined(
            styled(f"{change.get('class', '')}:", "dim"), change.get("sentence") or change.get("path")
        )
        screen.print(head)
        if change.get("words"):
            screen.print(_indented(words_of(change["words"], plain=plain)))


def words_of(words: Sequence[Document], *, plain: bool) -> Text:
    """Return a text with its removed words red and struck and its added ones green, or `[-old-]{+new+}`."""
    from rich.text import Text

    made = Text()
    for word in words:
        made.append_text(_word(word, plain))
    return made


def _word(word: Document, plain: bool) -> Text:
    kind, text = word.get("kind"), str(word.get("text", ""))
    if kind in _REMOVED:
        return styled(f"[-{text}-]") if plain else styled(text, "red strike")
    if kind in _ADDED:
        return styled(f"{{+{text}+}}") if plain else styled(text, "green")
    return styled(text)


def _indented(text: Text) -> Text:
    from rich.text import Text

    lines = text.split("\n", allow_blank=True)
    return Text("\n").join([Text("    ").append_text(line) for line in lines])


def _sentence(found: Any) -> str:
    return str(found.get("sentence", found)) if isinstance(found, Mapping) else str(found)
