"""What changed inside of texts: word by word for reading, line by line with the unchanged parts folded.

Texts too large to compare within a moment are shown whole, the old one as removed and the new one as added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prompts_admin.domain.text.sequence_matching import matches

MOST_CHARACTERS = 400_000
MOST_LINES = 4_000
MOST_WORDS = 2_000

# A tag is one word, so that no comparison shows half a tag; a line end is one of its own.
_WORD = re.compile(r"(?:\{\{[^{}\n]{1,200}\}\}|\w+|[^\w\s])[^\S\n]*|\n\s*|[^\S\n]+")


@dataclass(frozen=True)
class Segment:
    """A piece of a comparison: `kind` is same, removed or added."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line of a comparison: same, removed or added, or `skipped`, whose `count` lines are unchanged.

    `old` and `new` are its numbers in both texts, from 1; None where it does not stand.
    """

    kind: str
    text: str
    old: int | None
    new: int | None
    count: int = 1


def word_diff(old: str, new: str) -> tuple[Segment, ...]:
    """Return how `old` became `new`, white space included: without the added ones the pieces are `old`."""
    if old == new:
        return (Segment("same", old),) if old else ()
    if is_too_large(old, new):
        return _whole(old, new)
    return _joined(_by_lines(_lines(old), _lines(new)))


def line_diff(old: str, new: str, *, context: int = 3) -> tuple[Line, ...]:
    """Return the lines of a comparison; all but `context` unchanged lines around each change are folded."""
    before, after = old.split("\n"), new.split("\n")
    steps = list(_steps(before, after))
    lines: list[Line] = []
    for place, (kind, in_old, in_new) in enumerate(steps):
        if kind == "same":
            head, tail = context * (place > 0), context * (place < len(steps) - 1)
            lines += _folded(before, zip(in_old, in_new, strict=True), len(in_old), head=head, tail=tail)
        else:
            lines += [Line("removed", before[i], i + 1, None) for i in in_old]
            lines += [Line("added", after[j], None, j + 1) for j in in_new]
    return tuple(lines)


def is_too_large(old: str, new: str) -> bool:
    """Tell whether two texts are shown whole instead of compared."""
    return len(old) + len(new) > MOST_CHARACTERS or old.count("\n") + new.count("\n") > MOST_LINES


def _whole(old: str, new: str) -> tuple[Segment, ...]:
    return tuple(Segment(kind, text) for kind, text in (("removed", old), ("added", new)) if text)


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [text.rpartition("\n")[2]]


def _by_lines(old: list[str], new: list[str]) -> Iterator[Segment]:
    for kind, old_part, new_part in _steps(old, new):
        before = "".join(old[index] for index in old_part)
        if kind == "same":
            yield Segment("same", before)
        else:
            yield from _by_words(before, "".join(new[index] for index in new_part))


def _by_words(old: str, new: str) -> Iterator[Segment]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        yield from _whole(old, new)
        return
    for kind, old_part, new_part in _steps(before, after):
        yield Segment("same" if kind == "same" else "removed", "".join(before[i] for i in old_part))
        if kind != "same":
            yield Segment("added", "".join(after[i] for i in new_part))


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, range, range]]:
    """Yield (same or changed, range in old, range in new), which together are all of both."""
    i = j = 0
    for in_old, in_new, size in (*matches(old, new), (len(old), len(new), 0)):
        if i < in_old or j < in_new:
            yield "changed", range(i, in_old), range(j, in_new)
        i, j = in_old + size, in_new + size
        if size:
            yield "same", range(in_old, i), range(in_new, j)


def _joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Join neighbours of one kind; empty ones go."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].kind == segment.kind:
            joined[-1] = Segment(segment.kind, joined[-1].text + segment.text)
        elif segment.text:
            joined.append(segment)
    return tuple(joined)


def _folded(
    lines: Sequence[str], places: Iterable[tuple[int, int]], size: int, *, head: int, tail: int
) -> Iterator[Line]:
    """Yield the first and last of some unchanged lines and, for those between, one that counts them."""
    for index, (i, j) in enumerate(places):
        if index < head or index >= size - tail:
            yield Line("same", lines[i], i + 1, j + 1)
        elif index == head:
            yield Line("skipped", "", i + 1, j + 1, size - head - tail)
