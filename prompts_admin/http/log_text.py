"""Text from outside, made safe for one line of a log."""

from __future__ import annotations

import re

LONGEST = 300
_SPECIAL = re.compile(r"[ \\]")


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return `text` as one printable line: CR, LF, escape sequences, U+2028 and the like are escaped.

    A backslash is doubled, so that an escape cannot be mistaken for what was sent; spaces are escaped too,
    because they separate the fields of a line.
    """
    if text.isascii() and text.isprintable() and not _SPECIAL.search(text) and len(text) <= longest:
        return text
    shown = "".join(_escaped(character) for character in text[:longest])
    return shown + "..." if len(text) > longest else shown


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable() and not character.isspace():
        return character
    return character.encode("unicode_escape").decode("ascii") if character != " " else "\\x20"
