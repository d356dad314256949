"""Searching: words by their beginnings, text taken as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.content.search_words import LONGEST_INDEX, hits_of, index_words, mark, words_of
from tests.support.lengths import examples

PROMPT = {
    "kind": "prompt",
    "description": "Route a ticket",
    "messages": [
        {"role": "system", "content": "You route support tickets, kindly."},
        {"role": "user", "content": "Der Fuß schmerzt: {{ticket}} 100% sûr"},
    ],
}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", ()),
        ("\"%_*' -- ; \\", ()),
        ("Route TICKET", ("route", "ticket")),
        ("support/triage-v2", ("support", "triage", "v2")),
        ("Fuß SÛR", ("fuss", "sur")),
        ("it's 100%", ("it", "s", "100")),
        ("日本語 x", ("日", "本", "語", "x")),
        ("a a A", ("a",)),
        ("ﬁne ①", ("fine", "1")),
    ],
)
def test_a_question_is_its_words(question: str, words: tuple[str, ...]) -> None:
    """Signs, wildcards and quotes only separate; case and accents do not count."""
    assert words == words_of(question)


@examples(150)
@given(st.text(max_size=200), st.integers(0, 5))
def test_every_word_of_a_text_finds_it_by_its_beginning(text: str, cut: int) -> None:
    """What was indexed and what is asked for are split in the same way."""
    kept = index_words("support/triage", {"text": text}).split(" ")
    for word in words_of(text):
        assert any(found.startswith(word[: cut + 1]) for found in kept)
        assert all(character.isalnum() for character in word)
    assert all(kept)


@examples(150)
@given(st.text(max_size=300), st.text(min_size=1, max_size=20))
def test_pieces_are_the_text_and_nothing_else(text: str, question: str) -> None:
    """Joined again they are what was typed; what is marked begins a word that was asked for."""
    words = words_of(question)
    pieces = mark(text, words)
    assert text == "".join(piece.text for piece in pieces)
    for piece in pieces:
        assert not piece.marked or any(w.startswith(words) for w in words_of(piece.text))


def test_hits_say_where_and_mark_the_beginning_of_the_word() -> None:
    """The text with the most of the words comes first, then in the order of the file."""
    hits = hits_of(PROMPT, words_of("tick rou"))
    assert ["description", "messages[0].content", "messages[1].content"] == [hit.path for hit in hits]
    assert ["Rou", "tick"] == [piece.text for piece in hits[0].pieces if piece.marked]
    assert () == hits_of(PROMPT, words_of("system"))
    assert ["messages[1].content"] == [hit.path for hit in hits_of(PROMPT, words_of("fuss"))]


def test_a_long_text_is_shown_around_what_was_found() -> None:
    """With dots where it goes on, and without cutting the word before."""
    (hit,) = hits_of({"text": "lorem ipsum " * 500 + "Needle here " + "dolor sit " * 500}, ("needle",))
    shown = "".join(piece.text for piece in hit.pieces)
    assert shown.startswith("…") and shown.endswith("…")
    assert "Needle here" in shown and len(shown) < 250


def test_the_index_of_a_huge_text_is_bounded() -> None:
    """Different words count once; no word is cut in the middle."""
    assert "a b" == index_words("a/b", {"text": "a b " * 100_000})
    words = index_words("a/b", {"text": " ".join(f"word{n:08}" for n in range(30_000))})
    assert len(words) <= LONGEST_INDEX
    assert {12} == {len(word) for word in words.split(" ")[2:]}
