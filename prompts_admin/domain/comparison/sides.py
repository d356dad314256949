"""A comparison of two texts in two columns: line against line, what is the same on the same row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from prompts_admin.domain.comparison.words import Segment


@dataclass(frozen=True)
class Side:
    """One line of one text: its number, from 1, and its pieces, which are `same` or what differs."""

    number: int
    pieces: tuple[Segment, ...]


@dataclass(frozen=True)
class Row:
    """Two lines beside each other; None where the other text has a line more."""

    old: Side | None
    new: Side | None

    @property
    def is_same(self) -> bool:
        """Tell whether nothing on the row changed."""
        sides = (self.old, self.new)
        return all(side and all(piece.kind == "same" for piece in side.pieces) for side in sides)


def side_by_side(segments: Iterable[Segment]) -> tuple[Row, ...]:
    """Return the rows of a word comparison: every line of both texts once, in order.

    Rows meet again wherever an unchanged line end stands in both texts.
    """
    rows: list[Row] = []
    old, new = _Column(), _Column()
    for segment in segments:
        if segment.kind == "same" and old.is_between_lines and new.is_between_lines:
            rows += _beside(old.taken(), new.taken())
        for text, ends in _split(segment.text):
            for column, other in ((old, "added"), (new, "removed")):
                if segment.kind != other:
                    column.take(Segment(segment.kind, text), ends=ends)
            if ends and segment.kind == "same":
                rows += _beside(old.taken(), new.taken())
    return (*rows, *_beside(old.finished(), new.finished()))


class _Column:
    """The lines of one text since both met last."""

    def __init__(self) -> None:
        self._done: list[Side] = []
        self._open: list[Segment] = []
        self._number = 1

    @property
    def is_between_lines(self) -> bool:
        """Tell whether the last line is finished and the next not begun."""
        return not self._open

    def take(self, piece: Segment, *, ends: bool) -> None:
        """Add a piece of a line, and begin the next line when it ends this one."""
        if piece.text or piece.kind != "same":
            self._open.append(piece)
        if ends:
            self._close()

    def taken(self) -> list[Side]:
        """Return the lines that were finished, and forget them."""
        done, self._done = self._done, []
        return done

    def finished(self) -> list[Side]:
        """Return what is left, the last line without an end included."""
        if self._open or self._number == 1:
            self._close()
        return self.taken()

    def _close(self) -> None:
        self._done.append(Side(self._number, tuple(self._open)))
        self._number += 1
        self._open = []


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text between line ends, and whether a line end follows."""
    *whole, last = text.split("\n")
    for part in whole:
        yield part, True
    if last:
        yield last, False


def _beside(old: Sequence[Side], new: Sequence[Side]) -> Iterator[Row]:
    return (Row(left, right) for left, right in zip_longest(old, new))
