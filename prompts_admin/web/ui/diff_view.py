"""Comparisons for the eye: unseen characters by name, long unchanged parts folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NotRequired, TypedDict

from markupsafe import Markup, escape

from prompts_admin.domain.comparison.sides import Row, side_by_side
from prompts_admin.domain.comparison.words import Segment
from prompts_admin.domain.text.invisible_characters import make_visible
from prompts_admin.schemas.artifacts import Change, Word

CONTEXT = 2
"""Unchanged lines that stay in sight on both sides of a change."""
LEAST = 4
"""Fewer unchanged lines than this are not worth folding."""
_UNSEEN = re.compile(r"⟨U\+[0-9A-F]{4,6}⟩")


class FoldedWord(Word):
    """A piece of text of so many lines, 0 where they are not counted; `fold` is a long unchanged part."""

    lines: int


class Columns(TypedDict):
    """A row of two columns, or the rows of a long unchanged part."""

    row: NotRequired[Row]
    fold: Sequence[Row] | None


def visible(text: str) -> Markup:
    """Return text with each unseen character as a mark that can be seen."""
    shown, at, parts = make_visible(text), 0, []
    for match in _UNSEEN.finditer(shown):
        parts += [
            escape(shown[at : match.start()]),
            Markup('<span class="unseen">{}</span>').format(match[0]),
        ]
        at = match.end()
    return Markup("").join([*parts, escape(shown[at:])])


def folded(words: Iterable[Word]) -> list[FoldedWord]:
    """Return the pieces of a text with `fold` in place of long unchanged parts."""
    pieces = list(words)
    found: list[FoldedWord] = []
    for index, piece in enumerate(pieces):
        if piece["kind"] != "same":
            found.append({"kind": piece["kind"], "text": piece["text"], "lines": 0})
        else:
            found += _fold(piece["text"], first=index == 0, last=index == len(pieces) - 1)
    return found


def _fold(text: str, *, first: bool, last: bool) -> Iterator[FoldedWord]:
    lines = text.splitlines(keepends=True)
    head = 0 if first else CONTEXT + 1
    tail = 0 if last else CONTEXT + 1
    hidden = lines[head : len(lines) - tail]
    if len(hidden) < LEAST:
        yield {"kind": "same", "text": text, "lines": 0}
        return
    parts = ("same", lines[:head]), ("fold", hidden), ("same", lines[len(lines) - tail :])
    for kind, part in parts:
        if part:
            yield {"kind": kind, "text": "".join(part), "lines": len(part)}


def columns(words: Iterable[Word]) -> list[Columns]:
    """Return a comparison in two columns."""
    rows = side_by_side(Segment(piece["kind"], piece["text"]) for piece in words)
    runs = [(same, list(run)) for same, run in groupby(rows, key=lambda row: row.is_same)]
    found: list[Columns] = []
    for index, (same, run) in enumerate(runs):
        head = 0 if index == 0 else CONTEXT
        tail = 0 if index == len(runs) - 1 else CONTEXT
        hidden = len(run) - head - tail
        if not same or hidden < LEAST:
            found += _rows(run)
        else:
            found += [
                *_rows(run[:head]),
                {"fold": run[head : len(run) - tail]},
                *_rows(run[len(run) - tail :]),
            ]
    return found


def _rows(run: Iterable[Row]) -> list[Columns]:
    return [{"row": row, "fold": None} for row in run]


def sides(change: Change) -> tuple[Any, Any]:
    """Return what stood before and what stands after."""
    return change["before"], change["after"]


FILTERS: dict[str, Callable[..., Any]] = {"columns": columns, "folded": folded, "visible": visible}
