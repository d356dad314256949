"""Comparisons for the eye: unseen characters by name, long unchanged parts folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from prompts_admin.domain.comparison.sides import Row, side_by_side
from prompts_admin.domain.comparison.words import Segment
from prompts_admin.domain.text.invisible_characters import make_visible

CONTEXT = 2
"""Unchanged lines that stay in sight on both sides of a change."""
LEAST = 4
"""Fewer unchanged lines than this are not worth folding."""
_UNSEEN = re.compile(r"⟨U\+[0-9A-F]{4,6}⟩")

Piece = Mapping[str, Any]


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


def folded(words: Iterable[Piece]) -> list[dict[str, Any]]:
    """Return the pieces of a text with `fold` in place of long unchanged parts: {kind, text, lines}."""
    pieces = list(words)
    found: list[dict[str, Any]] = []
    for index, piece in enumerate(pieces):
        if piece["kind"] != "same":
            found.append({"kind": piece["kind"], "text": piece["text"], "lines": 0})
        else:
            found += _fold(piece["text"], first=index == 0, last=index == len(pieces) - 1)
    return found


def _fold(text: str, *, first: bool, last: bool) -> Iterator[dict[str, Any]]:
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


def columns(words: Iterable[Piece]) -> list[dict[str, Any]]:
    """Return a comparison in two columns: {fold: rows} for long unchanged parts, else {row}."""
    rows = side_by_side(Segment(piece["kind"], piece["text"]) for piece in words)
    runs = [(same, list(run)) for same, run in groupby(rows, key=lambda row: row.is_same)]
    found: list[dict[str, Any]] = []
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


def _rows(run: Iterable[Row]) -> list[dict[str, Any]]:
    return [{"row": row, "fold": None} for row in run]


def sides(change: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return what stood before and what stands after."""
    return change["before"], change["after"]


FILTERS: dict[str, Callable[..., Any]] = {"columns": columns, "folded": folded, "visible": visible}
