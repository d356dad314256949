"""What is searched for and what is found: words by their beginnings, whatever their case and accents.

Text is taken as text: quotes, wildcards and signs separate words and mean nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.content.texts import content_texts

MOST_WORDS = 12
"""Words of a question that count; more narrow nothing in practice."""
LONGEST_WORD = 64
LONGEST_INDEX = 200_000
"""Characters of different words of one version that are kept; its text may be longer."""
BEFORE, AFTER = 50, 170
"""Characters shown around the first word that was found."""
_UNTOLD = re.compile(r"(^|[.\]])(role|type|provider)$")
# Scripts without spaces: each character is a word of its own.
_ALONE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[^\W_]|[\u0300-\u036f])+")


@dataclass(frozen=True)
class Piece:
    """A piece of text; `marked` when it is what was looked for."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    """Where something was found: the path in the content, and the text around it in pieces."""

    path: str
    pieces: tuple[Piece, ...]


def words_of(question: str) -> tuple[str, ...]:
    """Return the different words of what somebody typed, as they are looked for."""
    return tuple(dict.fromkeys(word for _, _, word in _words(question)))[:MOST_WORDS]


def index_words(key: str, content: Mapping[str, Any]) -> str:
    """Return every different word of a version with a space between: its key and all its texts."""
    texts = (text for path, text in content_texts(content).items() if not _UNTOLD.search(path))
    words = {word for text in (key, *texts) for _, _, word in _words(text)}
    joined = " ".join(sorted(words))
    return joined if len(joined) <= LONGEST_INDEX else joined[:LONGEST_INDEX].rpartition(" ")[0]


def hits_of(content: Mapping[str, Any], words: Sequence[str], *, most: int = 3) -> tuple[Hit, ...]:
    """Return where words stand in a content: the texts with the most of them first, in the order of the file."""
    found = []
    for path, text in sorted(content_texts(content).items(), key=lambda item: _order(item[0])):
        spans = () if _UNTOLD.search(path) else tuple(_spans(text, words))
        if spans:
            found.append((-len({word for _, _, word in spans}), Hit(path, _pieces(text, spans))))
    return tuple(hit for _, hit in sorted(found, key=lambda pair: pair[0])[:most])


def mark(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """Return a short text whole, with what was looked for marked."""
    return tuple(_marked(text, tuple(_spans(text, words)), 0, len(text)))


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _WORD.finditer(text):
        folded = _folded(match[0])[:LONGEST_WORD]
        if folded:
            yield match.start(), match.end(), folded


def _folded(word: str) -> str:
    """Return a word without case and accents; what is left of it are letters and digits alone."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart.casefold() if c.isalnum())


def _spans(text: str, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, word looked for); the end is that of the beginning of a word where lengths agree."""
    for start, end, word in _words(text):
        wanted = max((w for w in words if word.startswith(w)), key=len, default=None)
        if wanted is not None:
            yield start, (start + len(wanted) if len(word) == end - start else end), wanted


def _pieces(text: str, spans: Sequence[tuple[int, int, str]]) -> tuple[Piece, ...]:
    first = spans[0][0]
    start, end = max(0, first - BEFORE), min(len(text), first + AFTER)
    # Not in the middle of a word, where one begins near.
    start = start if start == 0 else next((i + 1 for i in range(start, first) if text[i].isspace()), start)
    shown = list(_marked(text, spans, start, end))
    return (
        *((Piece("…", False),) if start else ()),
        *shown,
        *((Piece("…", False),) if end < len(text) else ()),
    )


def _marked(text: str, spans: Sequence[tuple[int, int, str]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for left, right, _ in spans:
        if left < at or right > end:
            continue
        if left > at:
            yield Piece(text[at:left], False)
        yield Piece(text[left:right], True)
        at = right
    if at < end:
        yield Piece(text[at:end], False)


def _order(path: str) -> tuple[bool, list[tuple[int, str]]]:
    """Sort by the file: the description first, messages by their numbers."""
    parts = [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"[.\[\]]+", path) if part]
    return path != "description", parts
