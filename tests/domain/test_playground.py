"""Answers of a model are read the same however they are cut; tokens and cost are counted or said to be guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.playground import (
    AnswerReader,
    Usage,
    cost_of,
    estimated,
    refusal,
    said_in,
    usage_of,
)
from tests.support.lengths import examples


@given(
    st.lists(st.text(max_size=8), max_size=8),
    st.lists(st.integers(1, 60), max_size=30),
    st.sampled_from(["\n", "\r\n"]),
)
@examples(100)
def test_the_pieces_of_a_stream_do_not_matter(texts: list[str], cuts: list[int], end: str) -> None:
    """Characters of several bytes and line ends that are cut in two arrive whole."""
    chunks: list[dict[str, Any]] = [{"choices": [{"delta": {"content": text}}]} for text in texts]
    chunks.append({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}})
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}{end}{end}" for chunk in chunks]
    data = ("".join(lines) + f": a comment{end}data: [DONE]{end}").encode("utf-8", "surrogatepass")
    reader, found, start = AnswerReader(), "", 0
    for size in [*cuts, len(data)]:
        found += reader.feed(data[start : start + size])
        start += size
    assert "".join(texts) == found + reader.feed(b"\n")
    assert reader.is_whole and Usage(3, 5) == reader.usage


@pytest.mark.parametrize("line", ["<html>", "[]", '{"error": {"message": "no"}}', '"text"'])
def test_what_is_no_answer_is_refused(line: str) -> None:
    """Rather than shown as one."""
    with pytest.raises(ValueError):
        AnswerReader().feed(f"data: {line}\n".encode())


def test_usage_is_taken_only_when_it_is_one() -> None:
    """Otherwise it is guessed from the bytes, and said to be."""
    assert usage_of({"usage": {"prompt_tokens": 1, "completion_tokens": -1}}) is None
    assert usage_of({"usage": {"prompt_tokens": True, "completion_tokens": 1}}) is None
    assert usage_of({"usage": None}) is None
    assert Usage(2, 0, is_estimated=True) == estimated("12345", "")


def test_cost_is_for_a_million_tokens_of_each_kind() -> None:
    """None without a price for both."""
    assert 1.0 == cost_of(Usage(2_000_000, 250_000), {"in": 0.25, "out": 2})
    assert cost_of(Usage(1, 1), {"in": 1}) is None and cost_of(Usage(1, 1), None) is None


def test_calls_of_tools_are_shown_too() -> None:
    """By name and arguments."""
    call = {"function": {"name": "route", "arguments": '{"to": "a"}'}}
    assert '→ route {"to": "a"}' == said_in({"content": None, "tool_calls": [call]})


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "key"),
        (404, "model"),
        (429, "in 7 s"),
        (307, "not followed"),
        (503, "HTTP 503"),
        (400, "too long"),
    ],
)
def test_a_status_is_told_in_words(status: int, words: str) -> None:
    """With what to do next."""
    assert words in refusal(status, retry_after="7", said="too long")
