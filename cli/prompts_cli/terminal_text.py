"""Terminal text: what people wrote, made safe, so that it moves no cursor, sets no colour and hides nothing."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def visible(text: str) -> str:
    """Return `text` with control, bidirectional and zero-width characters written as `<U+202E>`."""
    if text.isprintable():
        return text
    return "".join(
        f"<U+{ord(letter):04X}>"
        if letter not in _KEPT and unicodedata.category(letter) in _HIDDEN_CATEGORIES
        else letter
        for letter in text
    )


def one_line(text: str) -> str:
    """Return `text` visible and on one line."""
    return visible(" ".join(text.split("\n")).replace("\t", " "))
