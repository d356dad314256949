"""Unseen characters are shown by name, and emoji are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.text.invisible_characters import MOST, Hidden, hidden_characters, make_visible


def test_F35_bidirectional_and_zero_width_characters_are_named() -> None:
    """Line, column, number and name of each, as GitHub warns of them."""
    assert hidden_characters("pay\nall \u202eto\u200b") == (
        Hidden(2, 5, 0x202E, "RIGHT-TO-LEFT OVERRIDE"),
        Hidden(2, 8, 0x200B, "ZERO WIDTH SPACE"),
    )
    assert make_visible("pay\nall \u202eto\u200b") == "pay\nall ⟨U+202E⟩to⟨U+200B⟩"


@pytest.mark.parametrize(
    "code", [0x200C, 0x200E, 0x202A, 0x2066, 0x2069, 0xFEFF, 0xAD, 0x7F, 0x1B, 0xE0041, 0x2028, 0x3164]
)
def test_every_kind_of_unseen_character_is_shown(code: int) -> None:
    """Controls, joiners, marks, fillers, tags and separators."""
    assert [found.codepoint for found in hidden_characters(f"a{chr(code)}b")] == [code]
    assert make_visible(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧", "❤️", "1️⃣", "👍🏽", "🏳️‍🌈", "é", "e\u0301", "tab\tand\r\nline end\n", "日本 中文", "‼️"]
)
def test_emoji_accents_and_line_ends_are_no_surprise(text: str) -> None:
    """What a person can see is not warned of."""
    assert hidden_characters(text) == ()
    assert make_visible(text) == text


def test_a_joiner_between_letters_is_shown() -> None:
    """The glue of emoji is unseen anywhere else."""
    assert make_visible("pass\u200dword") == "pass⟨U+200D⟩word"
    assert make_visible("a\ufe0fb") == "a⟨U+FE0F⟩b"


@given(st.text(st.characters(codec="utf-8")))
def test_nothing_unseen_is_left_in_what_is_shown(text: str) -> None:
    """What is made visible has nothing more to warn of, and ordinary text is not changed."""
    assert hidden_characters(make_visible(text)) == ()
    if not hidden_characters(text):
        assert make_visible(text) == text


def test_a_text_full_of_them_has_a_short_list() -> None:
    """The first hundred are enough to warn."""
    assert len(hidden_characters("\u200b" * 100_000)) == MOST
