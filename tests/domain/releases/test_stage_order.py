"""Previous stage first: which versions may go on from a stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.records import HistoryLine, Item
from prompts_admin.domain.releases.stage_order import passed_stage_before
from prompts_admin.domain.stages import EMPTY, Entry
from tests.domain.releases.release_cases import KEY, histories, history, versions

PROMOTED_7 = ("promotion", Entry(7))
PROMOTED_8 = ("promotion", Entry(8))
SHARE_OF_8 = ("promotion", Entry(7, 8, 10_000))


def passed(lines: list[HistoryLine], version: int = 8, stage: str = "beta") -> bool:
    """Tell whether `version` may go to `stage` after this history of the stage before."""
    before = lines[-1].after if lines else EMPTY
    return passed_stage_before(Item(stage, KEY, version), before, lines)


@given(histories, versions)
def test_the_first_stage_has_none_before(lines: list[HistoryLine], version: int) -> None:
    """Anything may go to the first stage."""
    assert passed(lines, version, "internal")


@given(histories, st.sampled_from(["beta", "full"]))
def test_what_is_settled_before_may_go_on(lines: list[HistoryLine], stage: str) -> None:
    """A version that is settled on the stage before may go on, however it came there."""
    settled = lines[-1].after.settled if lines else None
    if settled is not None:
        assert passed(lines, settled, stage)


@given(histories, versions)
def test_what_was_never_settled_before_may_not(lines: list[HistoryLine], version: int) -> None:
    """A version that the stage before never settled does not go on; a share there does not count."""
    if not any(version in (line.before.settled, line.after.settled) for line in lines):
        assert not passed(lines, version)


@given(histories.filter(bool), versions)
def test_a_rollback_is_the_last_word(lines: list[HistoryLine], version: int) -> None:
    """Right after a rollback removed a version, settled or candidate, it does not go on."""
    last = lines[-1]
    if last.kind == "rollback" and last.before.runs(version) and not last.after.runs(version):
        assert not passed(lines, version)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([PROMOTED_7, PROMOTED_8, ("promotion", Entry(9))], True),
        ([PROMOTED_7, PROMOTED_8, ("promotion", EMPTY)], True),
        ([PROMOTED_8, ("initial", Entry(9))], True),
        ([PROMOTED_7, SHARE_OF_8], False),
        ([PROMOTED_7, PROMOTED_8, ("rollback", Entry(7))], False),
        ([PROMOTED_7, PROMOTED_8, ("rollback", EMPTY)], False),
        ([PROMOTED_7, PROMOTED_8, ("restore", Entry(7))], False),
        ([PROMOTED_7, PROMOTED_8, ("undo", Entry(7))], False),
        ([PROMOTED_7, PROMOTED_8, ("rollback", Entry(7)), PROMOTED_8, ("promotion", Entry(9))], True),
        ([PROMOTED_8, PROMOTED_7, ("promotion", Entry(7, 8, 500)), ("rollback", Entry(7))], False),
        ([PROMOTED_8, PROMOTED_7, ("promotion", Entry(7, 8, 500)), ("undo", Entry(7))], True),
    ],
    ids=[
        "superseded by a promotion",
        "cleared by a wider promotion",
        "superseded by the first release",
        "a share only",
        "rolled back",
        "rolled back to nothing",
        "replaced by a restore",
        "its promotion undone",
        "rolled back, promoted again, superseded",
        "superseded, came back as a share, rolled back",
        "superseded, came back as a share, undone",
    ],
)
def test_superseded_passes_and_removed_does_not(steps: list[tuple[str, Entry]], expected: bool) -> None:
    """Settled there once is enough when a promotion superseded it, and not when putting back removed it."""
    assert passed(history(*steps)) is expected


def test_an_undone_rollback_gives_back_what_held() -> None:
    """Undoing the rollback of a superseded version's share lets that version go on again."""
    lines = history(
        PROMOTED_8,
        PROMOTED_7,
        ("promotion", Entry(7, 8, 500)),
        ("rollback", Entry(7)),
        ("undo", Entry(7, 8, 500)),
    )
    assert passed(lines)


def test_an_undone_rollback_does_not_spoil_its_target() -> None:
    """8 was superseded by 9, came back by the rollback of 9, and left by its undo: it still has passed."""
    lines = history(PROMOTED_8, ("promotion", Entry(9)), ("rollback", Entry(8)), ("undo", Entry(9)))
    assert passed(lines)


def test_undo_of_undo_passes_again() -> None:
    """A promotion that was undone, and whose undo was undone, counts again once it is superseded."""
    undone = [PROMOTED_7, PROMOTED_8, ("undo", Entry(7))]
    again = [*undone, ("undo", Entry(8))]
    assert not passed(history(*undone))
    assert passed(history(*again))
    assert passed(history(*again, ("promotion", Entry(9))))
    assert not passed(history(*again, ("undo", Entry(7))))


def test_an_undo_takes_back_only_its_own_part() -> None:
    """The undo of 8 does not wash 9 clean, whose share was rolled back while 8 was there."""
    lines = history(
        ("promotion", Entry(9)),
        PROMOTED_7,
        PROMOTED_8,
        ("promotion", Entry(8, 9, 500)),
        ("rollback", Entry(8)),
        ("undo", Entry(7)),
    )
    assert not passed(lines, 9)
