"""Merging by line: one side's change is taken, what both changed is marked, nothing is lost or guessed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.text.merge import BASE, MIDDLE, THEIRS, YOURS, has_marks, merge3, refuse_marks

texts = st.lists(st.sampled_from(("a", "b", "c", "", "a b", "x\r", "é")), max_size=8).map("\n".join)


@given(texts, texts)
def test_one_unchanged_side_gives_the_other(base: str, changed: str) -> None:
    """Who changed nothing stands in nobody's way, from either side."""
    assert merge3(base, base, changed) == merge3(base, changed, base)
    assert merge3(base, base, changed).text == changed
    assert merge3(base, base, changed).conflicts == 0


@given(texts, texts)
def test_the_same_change_on_both_sides_is_no_conflict(base: str, changed: str) -> None:
    """Merging with itself gives itself."""
    assert merge3(base, changed, changed).text == changed
    assert merge3(base, changed, changed).conflicts == 0


@given(texts, texts, texts)
def test_nothing_is_lost_and_nothing_guessed(base: str, mine: str, theirs: str) -> None:
    """Marks are there exactly when there is a conflict, and each side can be read off the merge again."""
    merge = merge3(base, mine, theirs)
    assert has_marks(merge.text) is (merge.conflicts > 0)
    assert merge.text.split("\n").count(YOURS) == merge.conflicts
    if merge.conflicts:
        new = (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n"))
        assert new <= set(merge.text.split("\n"))


@given(texts, texts, texts)
def test_a_merge_does_not_depend_on_who_is_called_mine(base: str, mine: str, theirs: str) -> None:
    """Exchanging the sides exchanges the sides of each conflict and changes nothing else."""
    merge, other = merge3(base, mine, theirs), merge3(base, theirs, mine)
    assert merge.conflicts == other.conflicts
    if not merge.conflicts:
        assert merge.text == other.text


@given(st.lists(texts, min_size=3, max_size=3), st.lists(texts, min_size=2, max_size=2))
def test_changes_apart_from_each_other_are_both_taken(parts: list[str], changes: list[str]) -> None:
    """A change above and a change below a line that nobody touched go together."""
    first, middle, last = parts
    base = f"{first}\n-- one --\n{middle}\n-- two --\n{last}"
    mine = f"{changes[0]}\n-- one --\n{middle}\n-- two --\n{last}"
    theirs = f"{first}\n-- one --\n{middle}\n-- two --\n{changes[1]}"
    assert merge3(base, mine, theirs).text == f"{changes[0]}\n-- one --\n{middle}\n-- two --\n{changes[1]}"


def test_a_conflict_shows_all_three() -> None:
    """Yours, the common base and theirs stand between marks, the rest around them is merged."""
    merge = merge3("a\nb\nc\n", "a\nB\nc\n", "a\nb!\nc\nd\n")
    assert merge.conflicts == 1
    assert merge.text == f"a\n{YOURS}\nB\n{BASE}\nb\n{MIDDLE}\nb!\n{THEIRS}\nc\nd\n"


def test_deleting_against_changing_is_a_conflict() -> None:
    """Neither wins by default."""
    assert merge3("a\nb\nc", "a\nc", "a\nB\nc").conflicts == 1


@pytest.mark.parametrize(
    "text", ["<<<<<<< yours", "a\n>>>>>>> theirs\nb", "||||||| base\r\n", "<<<<<<<", "<<<<<<< HEAD"]
)
def test_marks_are_found_at_the_start_of_a_line(text: str) -> None:
    """Any one of them is enough, also one that another program made."""
    assert has_marks(text)
    with pytest.raises(Refused) as refused:
        refuse_marks([("text", text)], file="a/b.yaml")
    assert refused.value.code == "merge_marks"


@pytest.mark.parametrize(
    "text", ["", "Heading\n=======\n", "a <<<<<<< yours", "<<<<<<<<", "<<<<<<", "<<<<<<<x"]
)
def test_what_only_looks_like_a_mark_is_none(text: str) -> None:
    """Headings and arrows in a text are no marks."""
    assert not has_marks(text)
    refuse_marks([("text", text)])


@pytest.mark.parametrize("lines", [["a"], ["a", "b"], [str(number) for number in range(40_000)]])
def test_S35_large_texts_merge_at_once(lines: list[str]) -> None:
    """Ten thousand equal lines and a hundred thousand other ones are merged within a moment."""
    base = "\n".join(lines * (40_000 // len(lines)))
    begun = time.thread_time()
    merge3(base, base.replace("a", "x").replace("7", "q"), base.replace("a", "y").replace("7", "r"))
    assert time.thread_time() - begun < 3
