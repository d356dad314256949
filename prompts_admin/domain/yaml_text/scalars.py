"""What an unquoted scalar means: the core schema of YAML 1.2, so that `no` and `2026-12-20` are text."""

from __future__ import annotations

import re
from typing import Any

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile("[-+]?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# `012` is octal to some programs, decimal to others and text to a third kind; the rest is no number that
# JSON has.
_DISPUTED = re.compile(
    r"[-+]?0[0-9_]+(?:\.[0-9]*)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


class Disputed(ValueError):
    """An unquoted scalar that programs do not read alike."""


def resolve_plain(text: str) -> Any:
    """Return null, a truth value, a number or the text; raises Disputed for `012`, `0x1f` and `.inf`."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DISPUTED.fullmatch(text):
        raise Disputed(text)
    return text
