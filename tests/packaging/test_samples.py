"""The sample features: valid, complete, and showing every part of the format that people will copy."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from prompts_admin.domain.content import check_variables, warnings_of
from prompts_admin.domain.files.prompt_files import (
    FeatureFile,
    PromptFile,
    WorkspaceFile,
    dump_file,
    parse_file,
)
from prompts_admin.domain.governance.governed_settings import DEFAULT_AUDIENCES
from prompts_admin.domain.stages import STAGES
from prompts_admin.domain.templates.rendering import compile_messages
from prompts_admin.domain.templates.template import compile_template, inline
from tests.packaging.sources import ROOT

SAMPLES = ROOT / "prompts"
PEOPLE = {f"{name}@example.com" for name in ("pm", "pm2", "ml", "legal", "oncall", "admin")}
TAG = re.compile(r"</?([a-z]+)\b")

Content = Mapping[str, Any]


@cache
def files() -> tuple[PromptFile | FeatureFile | WorkspaceFile, ...]:
    """Return every sample file as the product reads it."""
    paths = sorted(SAMPLES.rglob("*.yaml"))
    return tuple(parse_file(path.relative_to(SAMPLES).as_posix(), path.read_text("utf-8")) for path in paths)


def artifacts() -> dict[str, Content]:
    """Return the content of every sample by its key."""
    return {file.key: file.content for file in files() if isinstance(file, PromptFile)}


def of_kind(kind: str) -> dict[str, Content]:
    """Return the samples of one kind."""
    return {key: content for key, content in artifacts().items() if content["kind"] == kind}


def features() -> dict[str, Content]:
    """Return every `_feature.yaml` by its feature."""
    return {file.feature: file.document for file in files() if isinstance(file, FeatureFile)}


@pytest.mark.parametrize("key", sorted(artifacts()))
def test_a_sample_is_valid_and_needs_no_second_look(key: str) -> None:
    """No warning greets whoever opens a sample, and its variables fit those of its snippets."""
    content = artifacts()[key]
    assert () == warnings_of(content)
    check_variables(content, {include: _variables(include) for include in _includes(content)})
    assert content["description"]


def test_there_is_enough_to_walk_through() -> None:
    """At least three features and ten artifacts of all kinds, each feature with a prompt or a snippet."""
    kinds = Counter(content["kind"] for content in artifacts().values())
    assert len(features()) >= 3
    assert kinds.total() >= 10
    assert all(kinds[kind] >= 3 for kind in ("prompt", "model", "snippet"))
    assert set(features()) == {key.partition("/")[0] for key in artifacts()}


def test_every_reference_leads_to_a_sample_of_the_right_kind() -> None:
    """Loading needs nothing that is not in the folder."""
    for content in artifacts().values():
        models = [content["model"]] if "model" in content else []
        assert {*models, *content.get("fallbacks", ())} <= set(of_kind("model"))
        assert set(_includes(content)) <= set(of_kind("snippet"))


def test_snippets_are_shared_within_a_feature_and_across_features() -> None:
    """One snippet has users in several features, and one snippet includes another."""
    users = {
        snippet: {key for key, other in artifacts().items() if snippet in _includes(other)}
        for snippet in of_kind("snippet")
    }
    assert all(users.values())
    assert any(len({key.partition("/")[0] for key in found}) >= 3 for found in users.values())
    assert any(found & set(of_kind("snippet")) for found in users.values())


def test_every_part_of_the_format_is_shown() -> None:
    """Variables of every type, a schema, tools, a history, a condition with its other branch, fallbacks."""
    prompts = of_kind("prompt").values()
    types = {declared["type"] for content in prompts for declared in content["variables"].values()}
    assert {"string", "integer", "number", "boolean", "list", "object"} == types
    assert any("tools" in content for content in prompts)
    assert sum("response_format" in content for content in prompts) >= 2
    assert any({"placeholder": "history"} in content["messages"] for content in prompts)
    assert any("{{#if " in text and "{{else}}" in text for content in prompts for text in _texts(content))
    assert any(len(content.get("fallbacks", ())) > 1 for content in of_kind("model").values())


@pytest.mark.parametrize("key", sorted(of_kind("prompt")))
def test_a_prompt_renders_with_its_examples(key: str) -> None:
    """Every variable has a description and an example, and what comes out has no tag left."""
    content, variables = artifacts()[key], _variables(key)
    assert all(declared["description"] and "example" in declared for declared in variables.values())
    examples = {name: declared["example"] for name, declared in variables.items()}
    messages = compile_messages(_assembled(content), variables).render(examples, strict=True)
    assert "{{" not in json.dumps(messages)


@pytest.mark.parametrize("key", sorted(of_kind("prompt")))
def test_text_from_outside_stands_between_tags_that_are_closed(key: str) -> None:
    """Whatever a stranger wrote is fenced, and the prompt says that it is no instruction."""
    content = artifacts()[key]
    tags = Counter(TAG.findall("\n".join(_texts(content)[1:])))
    assert tags
    assert all(count % 2 == 0 for count in tags.values())
    assert "shared/untrusted-input" in _includes(content)


@pytest.mark.parametrize(
    "key", [key for key, content in of_kind("prompt").items() if "response_format" in content]
)
def test_an_example_answer_is_what_the_schema_asks_for(key: str) -> None:
    """A prompt that shows an answer shows one that its schema allows."""
    content = artifacts()[key]
    schema = content["response_format"]["schema"]
    answers = [message["content"] for message in content["messages"] if message.get("role") == "assistant"]
    for answer in map(json.loads, answers):
        assert list(schema["properties"]) == list(answer)
        allowed = {name: rule["enum"] for name, rule in schema["properties"].items() if "enum" in rule}
        assert all(answer[name] in values for name, values in allowed.items())


@pytest.mark.parametrize("name", sorted(features()))
def test_a_feature_says_who_answers_for_it_and_who_must_sign(name: str) -> None:
    """DRI, on-call and runbook; nothing on internal, `ml` on beta."""
    feature = features()[name]
    assert {feature["dri"], feature["on_call"]} <= PEOPLE
    assert feature["runbook"].startswith("https://runbooks.example.com/")
    assert list(STAGES[1:]) == [stage for stage in feature["policy"] if stage != STAGES[0]]
    assert not feature["policy"].get("internal", {}).get("sign_off")
    assert {"ml": 1} == feature["policy"]["beta"]["sign_off"]


def test_the_last_stage_asks_most_where_it_matters_most() -> None:
    """Support reaches customers with personal data, so product and legal sign; the others ask one role."""
    asked = {name: feature["policy"]["full"]["sign_off"] for name, feature in features().items()}
    assert {"product": 1, "legal": 1} == asked.pop("support")
    assert [1] * len(asked) == [sum(roles.values()) for roles in asked.values()]


def test_nobody_waits_in_the_first_five_minutes() -> None:
    """A walk through the samples meets no waiting time and no freeze, whatever the day."""
    stages = [stage for feature in features().values() for stage in feature["policy"].values()]
    assert [] == [stage for stage in stages if {"wait_hours", "freezes"} & set(stage)]


def test_the_workspace_says_who_is_on_each_stage() -> None:
    """The samples spell out the default audiences, for people to change."""
    (workspace,) = (file for file in files() if isinstance(file, WorkspaceFile))
    assert DEFAULT_AUDIENCES == workspace.audiences


@pytest.mark.parametrize("key", sorted(artifacts()))
def test_a_sample_survives_being_written_back(key: str) -> None:
    """What export writes reads as the same content."""
    again = parse_file(f"{key}.yaml", dump_file(artifacts()[key]))
    assert isinstance(again, PromptFile)
    assert artifacts()[key] == again.content


def _texts(content: Content) -> list[str]:
    messages = [message.get("content", "") for message in content.get("messages", ())]
    return [*messages, *([content["text"]] if "text" in content else [])]


def _includes(content: Content) -> list[str]:
    return [include for text in _texts(content) for include in compile_template(text).includes]


def _variables(key: str) -> dict[str, Any]:
    content = artifacts()[key]
    inherited = [item for include in _includes(content) for item in _variables(include).items()]
    return {**dict(inherited), **content.get("variables", {})}


def _inlined(text: str) -> str:
    samples = artifacts()
    return inline(text, {key: _inlined(samples[key]["text"]) for key in compile_template(text).includes})


def _assembled(content: Content) -> Iterator[dict[str, Any]]:
    for message in content["messages"]:
        yield {**message, "content": _inlined(message["content"])} if "content" in message else dict(message)
