"""Rendering messages: defaults, types, what is ignored, and limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.digests import canonical_bytes
from prompts_admin.domain.templates.rendering import (
    RenderError,
    compile_messages,
    render_messages,
    values_from_text,
)
from prompts_admin.domain.templates.value_text import is_falsy, print_value
from prompts_admin.domain.templates.variable_types import TYPES, fits

scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False)
values = st.recursive(
    scalars.filter(lambda value: value not in (float("inf"), float("-inf")))
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values.filter(lambda value: value is not None and not isinstance(value, str)))
def test_values_print_as_canonical_json(value: Any) -> None:
    """Two independent writers of RFC 8785 agree, so other languages will."""
    assert print_value(value) == canonical_bytes(value).decode()


@given(values)
def test_falsy_is_what_other_languages_call_empty(value: Any) -> None:
    """null, false, zero and what is empty take the other branch; nothing else does."""
    empty = value is None or json.dumps(value) in ("false", '""', "0", "0.0", "-0.0", "[]", "{}")
    assert is_falsy(value) is empty


@given(values)
def test_a_value_fits_no_two_types_but_both_numbers(value: Any) -> None:
    """A declaration says one thing; a whole number is a number too."""
    fitting = {kind for kind in TYPES if fits(kind, value)}
    assert len(fitting) <= 1 or fitting == {"integer", "number"}


def test_ignored_names_are_reported_once_per_rendering() -> None:
    """A caller may send the variables of two versions, and is told which ones nobody declares."""
    told: list[frozenset[str]] = []
    compiled = compile_messages([{"role": "user", "content": "{{a}}"}], {"a": {"type": "string"}})
    assert compiled.render({"a": "x", "b": 1, "c": 2}, on_ignored=told.append)[0]["content"] == "x"
    compiled.render({"a": "x"}, on_ignored=told.append)
    assert told == [frozenset({"b", "c"})]


def test_S28_output_has_a_limit() -> None:
    """A value printed many times cannot fill the memory."""
    compiled = compile_messages([{"role": "user", "content": "{{a}}" * 1_000}] * 9, {"a": {"type": "string"}})
    assert len(compiled.render({"a": "x"}, max_characters=9_000)) == 9
    with pytest.raises(RenderError) as refused:
        compiled.render({"a": "x" * 100_000_000})
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("value", [[float("nan")], {"a": {1: 2}}, [object()], {"a": b"x"}])
def test_what_is_no_json_cannot_be_printed(value: Any) -> None:
    """A refusal instead of text that no other language would print."""
    kind = "list" if isinstance(value, list) else "object"
    with pytest.raises(RenderError) as refused:
        render_messages([{"role": "user", "content": "{{a}}"}], {"a": {"type": kind}}, {"a": value})
    assert refused.value.code == "unprintable"


def test_a_list_that_contains_itself_cannot_be_printed() -> None:
    """A refusal and no crash."""
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(RenderError):
        render_messages([{"role": "user", "content": "{{a}}"}], {"a": {"type": "list"}}, {"a": loop})


def test_rendering_changes_nothing_that_was_given() -> None:
    """Messages of a placeholder are copied, not shared."""
    history = [{"role": "user", "content": "x"}]
    rendered = render_messages([{"placeholder": "h"}], {}, {"h": history})
    rendered[0]["content"] = "y"
    assert history == [{"role": "user", "content": "x"}]


def test_typed_text_is_read_by_its_declaration() -> None:
    """A form and `--var` send text; numbers, truth values, lists and objects are read as JSON."""
    declared = {name: {"type": name} for name in TYPES}
    texts = {
        "string": "3",
        "integer": "3",
        "number": "0.5",
        "boolean": "true",
        "list": "[1]",
        "object": '{"a": 1}',
    }
    typed = {"string": "3", "integer": 3, "number": 0.5, "boolean": True, "list": [1], "object": {"a": 1}}
    assert values_from_text(declared, texts) == typed
    assert values_from_text(declared, {"integer": "x", "list": "{}", "other": "1"}) == {
        "integer": "x",
        "list": "{}",
        "other": "1",
    }
