"""Two columns: nothing of either text is lost, and what is the same stands side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.comparison.sides import Row, side_by_side
from prompts_admin.domain.comparison.words import word_diff

TEXTS = st.lists(st.sampled_from(["a", "b", "one two", "", "  ", "x.y"]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_both_columns_hold_their_text(old: str, new: str) -> None:
    """Read from top to bottom the left column is the old text and the right one the new."""
    rows = side_by_side(word_diff(old, new))
    for text, side in ((old, "old"), (new, "new")):
        lines = [getattr(row, side) for row in rows if getattr(row, side)]
        assert list(range(1, len(lines) + 1)) == [line.number for line in lines]
        shown = "\n".join("".join(piece.text for piece in line.pieces) for line in lines)
        assert text.rstrip("\n") == shown.rstrip("\n")


@given(TEXTS)
def test_a_text_stands_beside_itself(text: str) -> None:
    """Without a change every row is the same on both sides."""
    rows = side_by_side(word_diff(text, text))
    assert all(row.is_same and row.old == row.new for row in rows)


@given(TEXTS, TEXTS)
def test_a_column_shows_no_words_of_the_other(old: str, new: str) -> None:
    """What was removed stands on the left alone, what was added on the right alone."""
    for row in side_by_side(word_diff(old, new)):
        assert not row.old or all(piece.kind != "added" for piece in row.old.pieces)
        assert not row.new or all(piece.kind != "removed" for piece in row.new.pieces)


def test_a_changed_word_leaves_its_neighbours_in_place() -> None:
    """One changed line between two unchanged ones is one row of its own."""
    rows = side_by_side(word_diff("one\ntwo apples\nthree", "one\ntwo pears\nthree"))
    assert [True, False, True] == [row.is_same for row in rows]
    assert (2, 2) == _numbers(rows[1])


def test_an_added_line_has_nothing_beside_it() -> None:
    """What follows it meets again."""
    rows = side_by_side(word_diff("one\nthree\n", "one\ntwo\nthree\n"))
    assert [(1, 1), (None, 2), (2, 3)] == [_numbers(row) for row in rows]


def _numbers(row: Row) -> tuple[int | None, int | None]:
    return (row.old.number if row.old else None, row.new.number if row.new else None)
