"""A three-way merge by line: one side's change is taken, what both changed is marked and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prompts_admin.domain.errors import Problem
from prompts_admin.domain.problems import refuse_all
from prompts_admin.domain.text.sequence_matching import matches

YOURS, BASE, MIDDLE, THEIRS = "<<<<<<< yours", "||||||| base", "=======", ">>>>>>> theirs"
_MARK = re.compile(r"^(?:<{7}|>{7}|\|{7})(?:[ \r]|$)", re.MULTILINE)
_REMEDY = "Choose between the two sides and delete the lines of marks."

Lines = list[str]


@dataclass(frozen=True)
class Merge:
    """The merged text and how many conflicts are marked in it."""

    text: str
    conflicts: int


def merge3(base: str, mine: str, theirs: str) -> Merge:
    """Merge two texts that were both made from `base`; a conflict shows all three, between marks."""
    lines: Lines = []
    conflicts = 0
    for in_base, in_mine, in_theirs in _chunks(base.split("\n"), mine.split("\n"), theirs.split("\n")):
        if in_mine in (in_theirs, in_base):
            lines += in_theirs
        elif in_theirs == in_base:
            lines += in_mine
        else:
            conflicts += 1
            lines += [YOURS, *in_mine, BASE, *in_base, MIDDLE, *in_theirs, THEIRS]
    return Merge("\n".join(lines), conflicts)


def has_marks(text: str) -> bool:
    """Tell whether a line of `text` begins with a conflict mark.

    A lone `=======` is none: it underlines headings.
    """
    return _MARK.search(text) is not None


def refuse_marks(texts: Iterable[tuple[str, str]], *, file: str = "") -> None:
    """Raise Refused("merge_marks") for each of the (path, text) that has marks left in it."""
    problems = [
        Problem(
            "has a conflict mark left in it.", path, file, text.count("\n", 0, match.start()) + 1, _REMEDY
        )
        for path, text in texts
        if (match := _MARK.search(text))
    ]
    if problems:
        refuse_all("merge_marks", problems)


def _chunks(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """Cut all three at the lines of the base that both sides kept."""
    kept_by_mine, kept_by_theirs = _kept(base, mine), _kept(base, theirs)
    at_base = at_mine = at_theirs = 0
    for index in range(len(base)):
        if index in kept_by_mine and index in kept_by_theirs:
            in_mine, in_theirs = kept_by_mine[index], kept_by_theirs[index]
            yield base[at_base:index], mine[at_mine:in_mine], theirs[at_theirs:in_theirs]
            yield [base[index]], [base[index]], [base[index]]
            at_base, at_mine, at_theirs = index + 1, in_mine + 1, in_theirs + 1
    yield base[at_base:], mine[at_mine:], theirs[at_theirs:]


def _kept(base: Lines, side: Lines) -> dict[int, int]:
    """Return where each line of the base that the side kept now stands."""
    return {
        in_base + step: in_side + step
        for in_base, in_side, size in matches(base, side)
        for step in range(size)
    }
