"""What a version's content may say, and its one normal form."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.content import (
    MAX_CONTENT_BYTES,
    check_content,
    check_variables,
    content_texts,
    warnings_of,
)
from prompts_admin.domain.content.schemas import check_schema
from prompts_admin.domain.digests import digest
from prompts_admin.domain.errors import Problem, Refused
from prompts_admin.domain.problems import Findings
from tests.domain.content.contents import model, models, pin, prompt, prompts, snippet, snippets, values
from tests.support.lengths import examples


def problems_of(raw: object, **options: Any) -> list[str]:
    """Return what is wrong with a content, in words; each problem has a remedy."""
    with pytest.raises(Refused) as refused:
        check_content(raw, **options)
    assert all(problem.remedy for problem in refused.value.problems)
    return [f"{problem.path}: {problem.message}" for problem in refused.value.problems]


@examples(60)
@given(prompts | models | snippets)
def test_the_normal_form_is_stable_and_what_came_in_is_not_changed(content: dict[str, Any]) -> None:
    """Checking twice changes nothing more, and the digest is that of the normal form."""
    before = copy.deepcopy(content)
    checked = check_content(content)
    assert content == before
    assert check_content(checked) == checked
    assert digest(check_content(checked)) == digest(checked)


@examples(100)
@given(st.dictionaries(st.sampled_from(("kind", "messages", "variables", "text", "params", "tools", "pins", "model",
                                        "response_format", "fallbacks", "provider", "name")), values))  # fmt: skip
def test_any_json_is_a_content_or_a_refusal(raw: dict[str, Any]) -> None:
    """No other error escapes, whatever is posted."""
    for kind in ("prompt", "model", "snippet", raw.get("kind")):
        try:
            check_content({**raw, "kind": kind})
        except Refused as refused:
            assert refused.problems


def test_nulls_and_empty_optional_fields_are_left_out() -> None:
    """A form and a file that mean the same make the same version."""
    raw = {**prompt(), "model": None, "tools": [], "response_format": None, "pins": {}, "description": ""}
    assert check_content(raw) == check_content(prompt(description=None))
    loose = {"ticket": {"required": False, "default": None}}
    assert check_content(prompt(variables=loose))["variables"] == {"ticket": {"type": "string"}}


def test_all_faults_are_told_at_once() -> None:
    """Roles, types, names, unknown fields: one answer for a person to work through."""
    messages = [{"role": "sytem", "content": 4}, {"role": "user"}, {"placeholder": "a b"}, "x"]
    assert problems_of(prompt(modle="x", messages=messages, variables={"a-b": {"type": "int"}})) == [
        "modle: 'modle' is not a field here.",
        "variables.a-b: 'a-b' cannot name a variable.",
        "variables.a-b.type: must be one of string, integer, number, boolean, list, object, not 'int'.",
        "messages[0].role: must be one of system, user, assistant, developer, tool, not 'sytem'.",
        "messages[0].content: must be text, not a number.",
        "messages[1]: has no content.",
        "messages[2].placeholder: must be the name of a variable.",
        "messages[3]: must be an object with fields, not text.",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ([], "must be an object"),
        ({}, "must be one of prompt, model, snippet"),
        ({"kind": "prompts"}, "must be one of prompt, model, snippet"),
        (prompt(messages=[]), "at least one message"),
        (prompt(messages=None), "needs the field 'messages'"),
        (model(name=None), "needs the field 'name'"),
        (model(provider=" "), "must not be empty"),
        (model(name="a\nb"), "control character"),
        (snippet("a", b="string"), "'b' is declared and used nowhere"),
        (snippet("{{a}}"), "'a' is used and not declared"),
        (snippet("{{#if a}}x"), "has no '{{/if}}'"),
        (snippet("{{> tone}}"), "is not a tag"),
        (snippet("{{> con/aux}}"), "is not a usable name"),
        (prompt(model="support/fast@beta"), "names the stage 'beta'"),
        (prompt(model="../etc"), "is not a key"),
        (model(fallbacks=["a/b", "a/b"]), "stands here twice"),
        (prompt(variables={"ticket": {"type": "integer", "default": "4"}}), "must be a whole number"),
        (prompt(variables={"ticket": {"type": "string", "example": 4}}), "must be text"),
        (prompt(variables={"else": {}}), "cannot name a variable"),
        (prompt(variables={"ticket": {}, "history": {"type": "string"}}), "takes a list of messages"),
        (prompt(pins={"support/fast": pin(3)}), "Nothing here refers to 'support/fast'"),
        (prompt(model="support/fast@2", pins={"support/fast": pin(3)}), "pins v3"),
        (
            prompt(model="support/fast", pins={"support/fast": {"version": 0, "digest": "x"}}),
            "number of a version",
        ),
        (
            prompt(model="a/b", messages=[{"role": "user", "content": "{{ticket}}{{> a/b}}"}]),
            "as a model and as a",
        ),
    ],
)
def test_a_rule_that_is_broken_is_named(raw: object, said: str) -> None:
    """One fault, one sentence that says what it is."""
    assert said in problems_of(raw)[0]


def test_undeclared_variables_suggest_the_nearest_name() -> None:
    """A slip is corrected without looking anything up."""
    with pytest.raises(Refused) as refused:
        check_content(
            prompt(messages=[{"role": "user", "content": "a\nb {{tickt}}"}]),
            lines={"messages[0].content|": 7},
        )
    assert refused.value.problems[0] == Problem(
        "'tickt' is used and not declared.", "messages[0].content", "", 8, "Did you mean 'ticket'?"
    )


def test_variables_of_snippets_count_once_they_are_known() -> None:
    """A prompt may use what its snippets declare, and declare what only they use; types must agree."""
    content = check_content(
        prompt(
            messages=[{"role": "user", "content": "{{> support/tone}} {{ticket}} {{tone}}"}],
            variables={"ticket": {}, "plan": {"type": "string"}},
        )
    )
    declared = {"tone": {"type": "string"}, "plan": {"type": "string"}}
    check_variables(content, {"support/tone": declared})
    with pytest.raises(Refused) as refused:
        check_variables(content, {"support/tone": {"plan": {"type": "integer"}}})
    assert [problem.message for problem in refused.value.problems] == [
        "'tone' is used and not declared.",
        "'plan' is declared as string here and as integer in 'support/tone'.",
    ]


@pytest.mark.parametrize(
    ("provider", "params", "wrong"),
    [
        (
            "openai",
            {"temperature": 2, "top_p": 0, "max_tokens": 1, "stop": ["a"], "anything_new": {"x": None}},
            [],
        ),
        (
            "OpenAI",
            {"temperature": 2.1, "max_tokens": 0.5, "seed": "x"},
            ["temperature", "max_tokens", "seed"],
        ),
        (
            "anthropic",
            {"temperature": 1.1, "top_k": -1, "max_tokens": True},
            ["temperature", "top_k", "max_tokens"],
        ),
        ("google", {"temprature": 1, "stop_sequences": [1]}, ["temprature", "stop_sequences"]),
        ("mistral", {"safe_prompt": "yes"}, ["safe_prompt"]),
        ("our own", {"temperature": 99, "temprature": "hot"}, []),
    ],
)
def test_parameters_are_checked_for_providers_that_are_known(
    provider: str, params: dict[str, Any], wrong: list[str]
) -> None:
    """Out of range or misspelt for a known provider is refused; what nobody here knows is kept as given."""
    if not wrong:
        assert check_content(model(provider=provider, params=params))["params"] == params
        return
    with pytest.raises(Refused) as refused:
        check_content(model(provider=provider, params=params))
    assert [problem.path for problem in refused.value.problems] == [f"params.{name}" for name in wrong]


def test_tools_have_one_form_and_names_of_their_own() -> None:
    """The flat form is brought into the one that models are sent."""
    flat = {"name": "look_up", "description": "Find an order", "parameters": {"type": "object"}}
    tools = check_content(prompt(tools=[flat]))["tools"]
    assert tools == [{"type": "function", "function": flat}]
    assert check_content(prompt(tools=tools))["tools"] == tools
    assert "second tool called 'look_up'" in problems_of(prompt(tools=[flat, flat]))[0]
    assert "letters, digits" in problems_of(prompt(tools=[{"name": "look up"}]))[0]
    assert "has no name" in problems_of(prompt(tools=[{"description": "x"}]))[0]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "objct"}, "schema.type: must be one of"),
        ({"required": ["a", "a"]}, "schema.required: must be a list of different names"),
        ({"properties": {"a": None}}, "schema.properties.a: must be a JSON Schema"),
        ({"properties": []}, "schema.properties: must be an object of schemas"),
        ({"anyOf": []}, "schema.anyOf: must be a list of one or more schemas"),
        ({"enum": []}, "schema.enum: must be a list of one or more values"),
        ({"items": {"minLength": -1}}, "schema.items.minLength: must be a whole number"),
        ({"$ref": "https://example.com/schema"}, "which is not in this schema"),
        ({"items": {"$ref": "#/$defs/a"}}, "which is not in this schema"),
        ({"$ref": "file:///etc/passwd"}, "which is not in this schema"),
    ],
)
def test_a_schema_must_hold_together(schema: dict[str, Any], said: str) -> None:
    """Structure is checked and nothing outside of it is ever fetched."""
    assert said in problems_of(prompt(response_format={"type": "json_schema", "schema": schema}))[0]


def test_a_schema_may_refer_to_itself_and_carry_words_of_its_own() -> None:
    """Local references and keywords that are not known here pass."""
    schema = {
        "$defs": {"a/b": {"items": {"$ref": "#"}}},
        "$ref": "#/$defs/a~1b",
        "x-mine": [1],
        "pattern": "(a+)+$",
    }
    found = Findings()
    check_schema(schema, "schema", found)
    assert not found.problems


def test_F34_a_content_has_a_largest_size() -> None:
    """The limit is on the canonical bytes, is an argument, and gets a code of its own."""
    with pytest.raises(Refused) as refused:
        check_content(snippet("x" * MAX_CONTENT_BYTES))
    assert refused.value.code == "too_large"
    assert check_content(snippet("x" * MAX_CONTENT_BYTES), max_bytes=2 * MAX_CONTENT_BYTES)


def test_F34_F40_depth_parts_and_variables_have_limits() -> None:
    """Ten thousand variables, ten thousand brackets and a hundred thousand parts are each refused by name."""
    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    assert "nested more than 50 deep" in problems_of(model(params={"a": nested}))[0]
    many = {f"v{number}": {"type": "string"} for number in range(10_000)}
    assert "10000 variables; 500 are allowed" in problems_of(prompt(variables=many))[0]
    with pytest.raises(Refused) as refused:
        check_content(model(params={"a": [1] * 100_000}))
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff"])
def test_F35_NUL_and_lone_surrogates_are_refused(text: str) -> None:
    """What no database and no other language can hold never gets in, in values or in names."""
    assert problems_of(snippet(text))
    assert problems_of(model(params={text: 1}))
    assert problems_of(prompt(description=text))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 2**53, -(2**53), 1e300])
def test_F40_numbers_that_programs_read_apart_are_refused(number: float) -> None:
    """NaN, infinities and what is beyond 2^53 have no place in a content."""
    assert problems_of(model(params={"a": number}))


def test_conflict_marks_left_in_a_text_are_refused() -> None:
    """Saving with marks left is refused in every way of saving, since every way ends here."""
    with pytest.raises(Refused) as refused:
        check_content(snippet("a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> theirs\n"))
    assert refused.value.code == "merge_marks"
    assert check_content(snippet("Heading\n=======\ntext"))["text"]


def test_S28_likely_slips_and_unseen_characters_are_warned_of() -> None:
    """Both are allowed, and neither goes unnoticed."""
    content = check_content(snippet("a {{7*7}}\nb\u202ec"))
    assert [warning.message for warning in warnings_of(content)] == [
        "'{{7*7}}' (line 1 of the text) is no tag and is sent as it stands.",
        "RIGHT-TO-LEFT OVERRIDE (U+202E) stands unseen in line 2 of the text.",
    ]


def test_every_text_of_a_content_can_be_looked_at() -> None:
    """A credential may stand in a default or a parameter as well as in a message."""
    content = prompt(variables={"a": {"default": "x"}}, tools=[{"name": "n", "description": "y"}])
    texts = content_texts(content)
    assert texts["variables.a.default"] == "x"
    assert texts["tools[0].description"] == "y"
    assert texts["messages[0].content"] == "You route support tickets.\n"
    assert content_texts(model(params={"a": [{"b": "z"}]}))["params.a[0].b"] == "z"
