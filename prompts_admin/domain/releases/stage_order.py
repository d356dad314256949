"""Stage order: a version has been settled on the stage before it comes to the next."""

from __future__ import annotations

from collections.abc import Sequence

from prompts_admin.domain.releases.records import HistoryLine, Item
from prompts_admin.domain.releases.states import PROMOTING
from prompts_admin.domain.stages import Entry, stage_before


def passed_stage_before(item: Item, before: Entry, history: Sequence[HistoryLine]) -> bool:
    """Tell whether the item's version is, or properly was, settled on the stage before its own.

    `before` and `history` (oldest first) belong to that stage. A version that a promotion superseded has
    passed; one that a rollback removed, also as a candidate, or a restore replaced, has not. An undo takes
    back what the release that it undoes changed about this.
    """
    if item.version is None or stage_before(item.stage) is None or before.settled == item.version:
        return True
    passed = False
    effects: dict[tuple[Entry, Entry], tuple[bool, bool]] = {}
    for line in history:
        was, became = effects.get((line.after, line.before), (passed, passed))
        undone = passed if was == became else was
        following = undone if line.kind == "undo" else _passes(line, item.version, passed)
        effects[line.before, line.after] = (passed, following)
        passed = following
    return passed


def candidate_came_by(version: int, history: Sequence[HistoryLine]) -> int | None:
    """Return the promotion under which `version` is the candidate of a place, None when there is none.

    `history` (oldest first) is the place's. What took the candidate away ends it; an undo gives back what
    held before the release that it undoes.
    """
    came: int | None = None
    effects: dict[tuple[Entry, Entry], int | None] = {}
    for line in history:
        following = came if line.after.candidate == version else None
        if line.kind in PROMOTING and line.after.candidate == version:
            following = line.release
        elif line.kind == "undo":
            following = effects.get((line.after, line.before), following)
        effects[line.before, line.after] = came
        came = following
    return came


def _passes(line: HistoryLine, version: int, passed: bool) -> bool:
    """Tell whether `version` has passed its stage after `line`, `passed` being what held before it."""
    if line.after.settled == version:
        return True
    if line.kind == "rollback" and line.before.runs(version) and not line.after.runs(version):
        return False
    return line.kind in PROMOTING if line.before.settled == version else passed
