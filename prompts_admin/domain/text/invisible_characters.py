"""Characters that a reader cannot see: kept exactly, shown by name, and warned of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST = 100

# Bidirectional controls, zero width, fillers, tags, variation selectors that no emoji uses, and other
# controls. The joiner and the selectors inside of an emoji are left out by `_is_emoji`, tab and line ends
# by the classes themselves.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]|\r(?!\n)"
)
_EMOJI_GLUE = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True)
class Hidden:
    """An unseen character; `line` and `column` count from 1, `codepoint` is its number."""

    line: int
    column: int
    codepoint: int
    name: str


def hidden_characters(text: str) -> tuple[Hidden, ...]:
    """Return where unseen characters stand, the first 100 of them."""
    found: list[Hidden] = []
    for match in _HIDDEN.finditer(text):
        if _is_emoji(text, match.start()):
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text.count("\n", 0, match.start()) + 1
        found.append(Hidden(line, match.start() - line_start + 1, ord(match[0]), _name(match[0])))
        if len(found) == MOST:
            break
    return tuple(found)


def make_visible(text: str) -> str:
    """Return `text` with each unseen character as a mark such as `⟨U+202E⟩`, for comparisons and pages."""
    return _HIDDEN.sub(
        lambda match: match[0] if _is_emoji(text, match.start()) else f"⟨U+{ord(match[0]):04X}⟩", text
    )


def _is_emoji(text: str, index: int) -> bool:
    """Tell whether a joiner or selector follows a symbol, as it does within an emoji."""
    if text[index] not in _EMOJI_GLUE or index == 0:
        return False
    before = text[index - 1]
    symbols = ("So", "Sk") if text[index] == "\u200d" else ("So", "Sm", "Po", "Nd")
    return unicodedata.category(before) in symbols or (text[index] == "\u200d" and before == "\ufe0f")


def _name(character: str) -> str:
    return unicodedata.name(character, "control character")
