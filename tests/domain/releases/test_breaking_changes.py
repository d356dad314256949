"""What breaks callers: what they send, what they read, what they run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.breaking_changes import breaking_changes
from prompts_admin.domain.releases.schema_changes import schema_changes
from prompts_admin.domain.templates.variable_types import TYPES
from tests.support.lengths import examples

REQUIRED = {"type": "string", "required": True}

declarations = st.fixed_dictionaries(
    {"type": st.sampled_from(tuple(TYPES))},
    optional={"required": st.just(True), "default": st.just(None)},
)
schemas = st.recursive(
    st.sampled_from(
        ({}, {"type": "string"}, {"type": ["integer", "null"]}, {"enum": ["a", 1]}, {"const": "x"}, True)
    ),
    lambda inner: (
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            },
            optional={
                "required": st.lists(st.sampled_from("abc"), unique=True),
                "anyOf": st.lists(inner, min_size=1),
            },
        )
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner})
    ),
    max_leaves=6,
)


def value(**parts: Any) -> dict[str, Any]:
    """Return the value of a prompt."""
    return {"messages": [], "variables": {}, "model": None, "response_format": None, "tools": None, **parts}


def answer(schema: Any) -> dict[str, Any]:
    """Return the value of a prompt that answers by a schema."""
    return value(response_format={"type": "json_schema", "schema": schema})


def tool(name: str = "find", **parameters: Any) -> dict[str, Any]:
    """Return the value of a prompt with one tool."""
    return value(tools=[{"type": "function", "function": {"name": name, "parameters": parameters}}])


@given(st.dictionaries(st.sampled_from("ab"), declarations), schemas)
def test_nothing_breaks_against_itself_or_against_nothing(variables: dict[str, Any], schema: Any) -> None:
    """The same again, or a first version, is never breaking."""
    same = answer(schema) | {"variables": variables}
    assert breaking_changes(same, same) == ()
    assert breaking_changes(None, same) == ()


@pytest.mark.parametrize(
    ("before", "after", "breaks"),
    [
        ({}, {"a": REQUIRED}, True),
        ({}, {"a": {**REQUIRED, "default": "x"}}, False),
        ({}, {"a": {"type": "string"}}, False),
        ({"a": {"type": "string"}}, {"a": REQUIRED}, True),
        ({"a": {**REQUIRED, "default": "x"}}, {"a": REQUIRED}, True),
        ({"a": REQUIRED}, {"a": {"type": "string"}}, False),
        ({"a": REQUIRED}, {}, False),
        ({"a": {"type": "number"}}, {"a": {"type": "integer"}}, True),
        ({"a": {"type": "integer"}}, {"a": {"type": "number"}}, False),
        ({"a": {"type": "string"}}, {"a": {"type": "list"}}, True),
        ({"a": {"type": "string", "default": "x"}}, {"a": {"type": "string", "default": "y"}}, False),
    ],
)
def test_variables_that_callers_do_not_send_break_them(
    before: dict[str, Any], after: dict[str, Any], breaks: bool
) -> None:
    """A required variable without default, and a type that takes less; one that goes is sent and ignored."""
    assert bool(breaking_changes(value(variables=before), value(variables=after))) is breaks


PROPERTIES: dict[str, Any] = {"a": {"type": "string"}, "b": {"enum": [1, 2]}}
OBJECT = {"type": "object", "properties": PROPERTIES, "required": ["a"]}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"properties": {"a": {"type": "string"}}}, "In the response 'b' is gone."),
        ({"required": []}, "In the response 'a' may be missing now."),
        ({"properties": {**PROPERTIES, "a": {"type": ["string", "null"]}}},
         "In the response 'a' may be null now."),
        ({"properties": {**PROPERTIES, "a": {}}}, "In the response 'a' may be anything now."),
        ({"properties": {**PROPERTIES, "b": {"enum": [1, 2, 3]}}}, "In the response 'b' may be 3 now."),
        ({"properties": {**PROPERTIES, "b": {}}}, "In the response 'b' is no longer one of a few values."),
        ({"type": "array"}, "In the response the whole may be array now."),
    ],
)  # fmt: skip
def test_a_response_that_readers_do_not_know_breaks_them(change: dict[str, Any], sentence: str) -> None:
    """Less than was promised, or more than was allowed."""
    assert sentence in breaking_changes(answer(OBJECT), answer({**OBJECT, **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {**PROPERTIES, "c": {"type": "string"}}, "required": ["a", "c"]},
        {"required": ["a", "b"]},
        {"properties": {"a": {"type": "string", "enum": ["x"], "description": "y"}, "b": {"const": 1}}},
        {"title": "Another", "description": "text"},
        {"additionalProperties": False},
    ],
)
def test_a_response_that_promises_more_breaks_nobody(change: dict[str, Any]) -> None:
    """New properties, fewer values and other words for people are read as before."""
    assert breaking_changes(answer(OBJECT), answer({**OBJECT, **change})) == ()


def test_the_form_of_the_response_counts() -> None:
    """Text, any JSON and JSON by a schema are three forms; only a schema for any JSON is harmless."""
    text, some, ours = value(), value(response_format={"type": "json_object"}), answer(OBJECT)
    assert breaking_changes(text, value(response_format={"type": "text"})) == ()
    assert breaking_changes(some, ours) == ()
    for old, new in ((text, some), (text, ours), (some, text), (ours, some), (ours, text)):
        assert len(breaking_changes(old, new)) == 1


def test_tools_count_as_callers_run_them() -> None:
    """One that goes, an argument that goes, changes or is new and required; a new optional one does not."""
    old = tool(type="object", properties={"id": {"type": "integer"}}, required=["id"])
    assert breaking_changes(old, value()) == ("The tool 'find' was taken away.",)
    assert breaking_changes(value(), old) == ()
    optional = tool(type="object", properties={"id": {"type": "integer"}, "x": {}}, required=["id"])
    assert breaking_changes(old, optional) == ()
    required = tool(type="object", properties={"id": {"type": "integer"}, "x": {}}, required=["id", "x"])
    assert breaking_changes(old, required) == (
        "In the arguments of the tool 'find' 'x' is new and required.",
    )
    wider = tool(type="object", properties={"id": {"type": "number"}}, required=["id"])
    assert breaking_changes(old, wider) == ("In the arguments of the tool 'find' 'id' may be number now.",)


def test_references_are_followed_and_may_go_in_circles() -> None:
    """A schema that moved under `$defs` is the same, and one that contains itself is compared once."""
    tree = {
        "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}},
        "$ref": "#/$defs/n",
    }
    plain = {"type": "object", "properties": {"next": {"type": "object", "properties": {}}}}
    assert schema_changes(tree, tree) == ()
    assert schema_changes(plain, tree) == ()
    assert schema_changes(tree, plain) == ("'next.next' is gone",)


def test_alternatives_count_when_one_is_new() -> None:
    """A reader who handles two forms is surprised by a third, not by one less."""
    two, three = (
        [{"type": "string"}, {"type": "null"}],
        [{"type": "string"}, {"type": "null"}, {"type": "array"}],
    )
    assert schema_changes({"anyOf": two}, {"anyOf": three})
    assert not schema_changes({"anyOf": three}, {"anyOf": two})
    assert not schema_changes({"anyOf": two}, {"anyOf": [{"type": "string", "title": "x"}, {"type": "null"}]})
    assert schema_changes({"anyOf": two}, {})
    assert not schema_changes({}, {"anyOf": two})


@examples(100)
@given(schemas, schemas)
def test_any_two_schemas_can_be_compared(old: Any, new: Any) -> None:
    """No error escapes, and each sentence stands once."""
    changes = breaking_changes(answer(old), answer(new))
    assert len(set(changes)) == len(changes)
