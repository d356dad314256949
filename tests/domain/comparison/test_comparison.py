"""Comparisons: every change in one class and one sentence, texts word by word."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.comparison import CLASSES, compare, compare_settings, line_diff, word_diff
from tests.domain.content.contents import messages, model, models, pin, prompt, prompts, snippet, snippets
from tests.support.lengths import examples

words = st.lists(
    st.sampled_from(("a", "b", "the ", "cat", " ", "\n", "\n\n", ".", "é", "\u202e")), max_size=12
).map("".join)


def sentences(old: dict[str, Any] | None, new: dict[str, Any]) -> list[tuple[str, str]]:
    """Return class and sentence of each change."""
    return [(change.classification, change.sentence) for change in compare(old, new).changes]


@given(words, words)
def test_words_hold_both_texts_to_the_last_character(old: str, new: str) -> None:
    """Without what was added the pieces are the old text, without what was removed the new one."""
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@given(words, words, st.integers(0, 3))
def test_lines_hold_both_texts_and_fold_what_is_unchanged(old: str, new: str, context: int) -> None:
    """Every line is shown or counted, with its numbers on both sides."""
    before, after = old.split("\n"), new.split("\n")
    lines = line_diff(old, new, context=context)
    assert sum(line.count for line in lines if line.kind != "added") == len(before)
    assert sum(line.count for line in lines if line.kind != "removed") == len(after)
    for line in lines:
        if line.kind in ("same", "removed"):
            assert before[(line.old or 0) - 1] == line.text
        if line.kind in ("same", "added"):
            assert after[(line.new or 0) - 1] == line.text


def test_only_the_surroundings_of_a_change_are_shown() -> None:
    """A change in the middle of a long text comes with its neighbours alone."""
    text = "\n".join(str(number) for number in range(100))
    lines = line_diff(text, text.replace("50", "fifty"), context=2)
    assert [(line.kind, line.count) for line in lines] == [
        ("skipped", 48), ("same", 1), ("same", 1), ("removed", 1), ("added", 1), ("same", 1), ("same", 1),
        ("skipped", 47),
    ]  # fmt: skip


@examples(50)
@given(prompts | models | snippets)
def test_nothing_changed_is_no_change(content: dict[str, Any]) -> None:
    """A content compared with itself has no change; against nothing it is all new, in known classes."""
    assert compare(content, content).changes == ()
    assert set(compare(None, content).classes) <= set(CLASSES)
    assert compare(None, content).changes


@examples(50)
@given(st.lists(messages, min_size=1, max_size=5), st.lists(messages, min_size=1, max_size=5))
def test_messages_that_differ_have_a_change(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    """No difference between two lists of messages goes without a sentence."""
    changes = compare(prompt(messages=old), prompt(messages=new)).changes
    assert bool(changes) is (old != new)


def test_inserting_a_message_is_one_change() -> None:
    """The messages behind it are not called changed, and one that was also edited is found again."""
    old = prompt()
    new = prompt(messages=[{"role": "developer", "content": "New."}, *old["messages"]])
    assert sentences(old, new) == [("text", "developer message 1 added")]
    assert sentences(new, old) == [("text", "developer message 1 removed")]
    first = {"role": "system", "content": "Always be brief."}
    second = {"role": "system", "content": "You route tickets.\n"}
    edited = prompt(messages=[first, second, *old["messages"][1:]])
    assert sentences(old, edited) == [
        ("text", "system message 1 added"),
        ("text", "system message 2 changed"),
    ]


def test_structured_changes_are_sentences() -> None:
    """Numbers, names, fallbacks and lists read as a person would say them."""
    old = model(fallbacks=["a/b@1", "a/c@1"], params={"temperature": 0.2, "max_tokens": 4})
    new = model(
        name="gpt-5",
        fallbacks=["a/c@1", "a/b@2"],
        params={"temperature": 0.7, "max_tokens": 4.0, "stop": ["x"]},
    )
    assert sentences(old, new) == [
        ("model", "name 'gpt-5-mini' -> 'gpt-5'"),
        ("parameters", 'stop added: ["x"]'),
        ("parameters", "temperature 0.2 -> 0.7"),
        ("model", "fallback a/b v1 -> v2"),
        ("model", "fallbacks in another order: a/c, a/b"),
    ]


def test_the_default_of_a_new_variable_is_told() -> None:
    """Who signs it signs what every caller gets that does not send the variable."""
    found = compare(
        {"kind": "prompt", "messages": []},
        {"kind": "prompt", "messages": [], "variables": {"region": {"type": "string", "default": "EU"}}},
    )
    assert ["variable 'region' (string, 'EU' when not sent) added"] == [
        change.sentence for change in found.changes
    ]


def test_a_tag_is_one_word_and_a_line_end_its_own() -> None:
    """Half a tag in a comparison looks like a template that is broken."""
    pieces = [(piece.kind, piece.text) for piece in word_diff("is in {{region}}\n", "lives in {{region}}.")]
    assert [
        ("removed", "is "), ("added", "lives "), ("same", "in {{region}}"), ("removed", "\n"), ("added", "."),
    ] == pieces  # fmt: skip


def test_pins_are_compared_by_version() -> None:
    """A newer model, another model and a newer snippet each say so with their versions."""
    text = [{"role": "user", "content": "{{ticket}}{{> support/tone}}"}]
    pins = {"support/fast": pin(3), "support/tone": pin(1)}
    old = prompt(model="support/fast@3", messages=text, pins=pins)
    newer = prompt(
        model="support/fast@4", messages=text, pins={"support/fast": pin(4), "support/tone": pin(2)}
    )
    other = prompt(
        model="support/best@1", messages=text, pins={"support/best": pin(1), "support/tone": pin(1)}
    )
    none = prompt(messages=[{"role": "user", "content": "{{ticket}}"}])
    assert sentences(old, newer) == [
        ("model", "model support/fast v3 -> v4"),
        ("snippet", "snippet support/tone v1 -> v2"),
    ]
    assert sentences(old, other) == [("model", "model support/fast v3 -> support/best v1")]
    assert ("model", "model support/fast v3 removed") in sentences(old, none)
    assert ("snippet", "snippet support/tone v1 added") in sentences(none, old)


def test_variables_schema_and_tools_are_sentences() -> None:
    """What callers must know stands in words."""
    schema = {"type": "object", "properties": {"queue": {"enum": ["a"]}}}
    other = {"type": "object", "properties": {"queue": {"enum": ["a", "b"]}}}
    old = prompt(variables={"a": {"type": "string"}, "b": {"type": "string", "default": "x"}}, tools=None,
                 response_format={"type": "json_schema", "schema": schema})  # fmt: skip
    new = prompt(variables={"a": {"type": "list", "required": True}, "c": {"type": "string", "required": True}},
                 response_format={"type": "json_schema", "schema": other},
                 tools=[{"type": "function", "function": {"name": "find"}}])  # fmt: skip
    assert sentences(old, new) == [
        ("variables", "variable 'a' type string -> list"),
        ("variables", "variable 'a' is now required"),
        ("variables", "variable 'b' removed"),
        ("variables", "required variable 'c' (string) added"),
        ("tools_and_schema", "response format schema.properties.queue.enum[1] added: 'b'"),
        ("tools_and_schema", "tool 'find' added"),
    ]
    assert compare(old, new).classes == ("variables", "tools_and_schema")


def test_F35_unseen_characters_are_shown_in_comparisons() -> None:
    """A bidirectional control that was slipped in is visible where people look."""
    change = compare(snippet("pay all"), snippet("pay \u202eall")).changes[0].as_json()
    assert change["class"] == "text"
    assert {"kind": "added", "text": "⟨U+202E⟩"} in change["words"]
    assert change["after"] == "pay \u202eall"


def test_settings_are_compared_in_sentences() -> None:
    """Who must sign and who is served, before and after."""
    old = {"policy": {"full": {"sign_off": {"legal": 2}}}, "bucket_by": None}
    new = {"policy": {"full": {"sign_off": {"legal": 1}}}, "bucket_by": "account"}
    assert compare_settings(old, new) == ("bucket_by null -> 'account'", "policy.full.sign_off.legal 2 -> 1")
    assert compare_settings(new, new) == ()


HOSTILE = {
    "one line of 10 MB": ("x" * 10_000_000, "y" + "x" * 10_000_000),
    "a million lines": ("\n" * 1_000_000, "\n" * 500_000 + "x" + "\n" * 500_000),
    "equal words": ("a " * 900, "a b " * 450),
    "equal lines": ("a\n" * 1_900, "a\nb\n" * 950),
    "other words": (" ".join(map(str, range(60_000))), " ".join(map(str, range(1, 60_000, 2)))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_S35_F34_big_differences_are_shown_at_once(name: str) -> None:
    """Beyond a size the texts are shown whole, and it says so."""
    old, new = HOSTILE[name]
    begun = time.thread_time()
    change = compare(snippet(old), snippet(new)).changes[0]
    line_diff(old, new)
    assert time.thread_time() - begun < 3
    if len(old) > 1_000_000:
        assert "too large to compare" in change.sentence
        assert [piece.kind for piece in change.words] == ["removed", "added"]
