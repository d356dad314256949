"""Text from people, made safe for a terminal: data never moves a cursor, sets a colour or hides characters."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def visible(text: str) -> str:
    """Return `text` with control, bidirectional and zero-width characters written as `<U+202E>`."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def one_line(text: str) -> str:
    """Return `text` visible and on one line."""
    return visible(" ".join(text.split("\n")).replace("\t", " "))


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return f"<U+{ord(character):04X}>"
