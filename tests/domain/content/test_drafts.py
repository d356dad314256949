"""Drafts: one's own page is never in one's way, another page's text is never written over unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.content.drafts import (
    DROPPED_FOR,
    Draft,
    Typed,
    can_be_put_back,
    check_typed,
    clashes,
    revised,
)
from prompts_admin.domain.errors import Refused
from tests.support.lengths import examples

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY, ME = "support/triage", "pm@example.com"
moves = st.tuples(st.sampled_from("ab"), st.sampled_from(("one", "two", "three")), st.booleans())


@given(st.lists(moves, max_size=30))
@examples(100)
def test_two_pages_lose_nothing_without_being_told(steps: list[tuple[str, str, bool]]) -> None:
    """A change is taken only over a text that its page typed or saw; answers may be lost on the way."""
    kept: Draft | None = None
    known, seen = {"a": 0, "b": 0}, {"a": {""}, "b": {""}}
    for number, (tab, text, heard) in enumerate(steps):
        sent = Typed(KEY, text, tab=tab, counter=known[tab])
        seen[tab].add(text)
        if clashes(kept, sent):
            assert kept is not None and kept.typed not in (text,)
            known[tab], seen[tab] = kept.counter, seen[tab] | {kept.typed}
            continue
        assert kept is None or kept.typed in seen[tab]
        before = kept.counter if kept else 0
        kept = revised(kept, sent, email=ME, now=NOW + timedelta(microseconds=number // 3))
        assert kept.counter > before
        known[tab] = kept.counter if heard else known[tab]


@given(st.integers(0, 2**50), st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_counters_grow_whatever_the_clock_does(before: int, moved: timedelta) -> None:
    """Also when the clock was set back; and they stay exact in a browser's numbers."""
    kept = Draft(ME, KEY, 1, "", "one", "", "", before, NOW)
    after = revised(kept, Typed(KEY, "two"), email=ME, now=NOW + moved)
    assert before < after.counter < 2**53


def test_a_dropped_draft_and_an_equal_one_are_in_nobodys_way() -> None:
    """What was dropped may be written over; the same text from two pages is no conflict."""
    kept = Draft(ME, KEY, 1, "", "one", "", "a", 7, NOW)
    assert clashes(kept, Typed(KEY, "two", tab="b"))
    assert clashes(kept, Typed(KEY, "two"))
    assert not clashes(kept, Typed(KEY, "one", tab="b"))
    assert not clashes(kept, Typed(KEY, "two", tab="a"))
    dropped = Draft(ME, KEY, 1, "", "one", "", "a", 7, NOW, dropped_at=NOW)
    assert not clashes(dropped, Typed(KEY, "two", tab="b"))
    assert can_be_put_back(dropped, NOW) and not can_be_put_back(dropped, NOW + DROPPED_FOR)


@pytest.mark.parametrize(
    "sent", [Typed(KEY, "ä" * 600), Typed(KEY, "", message="m" * 1001), Typed(KEY, "", tab="t" * 33)]
)
def test_what_no_version_could_hold_is_no_draft(sent: Typed) -> None:
    """The limit is that of a version, in bytes."""
    check_typed(Typed(KEY, "a" * 1024), max_bytes=1024)
    with pytest.raises(Refused, match="1024 bytes"):
        check_typed(sent, max_bytes=1024)
