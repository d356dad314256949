"""What serving code gets: everything pinned put together, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prompts_admin.domain.content import check_content
from prompts_admin.domain.content.assembly import assemble, variables_of
from prompts_admin.domain.content.references import Pin, with_pins
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.templates.rendering import render_messages
from tests.domain.content.contents import DIGEST, model, prompt, snippet

Store = dict[tuple[str, int], dict[str, Any]]


def stored(content: Mapping[str, Any], **pins: int) -> dict[str, Any]:
    """Return a content as it is stored; pins are given as feature__name=version."""
    wanted = {key.replace("__", "/"): Pin(version, DIGEST) for key, version in pins.items()}
    return with_pins(check_content(content), wanted)


def get(content: Mapping[str, Any], store: Store | None = None) -> dict[str, Any]:
    """Return the value of a stored content."""
    return assemble(content, lambda key, version: (store or {})[key, version])


def test_a_prompt_without_references_is_itself() -> None:
    """What is absent in the content is null or empty in the value."""
    assert get(stored(prompt())) == {
        "messages": prompt()["messages"],
        "variables": prompt()["variables"],
        "model": None,
        "response_format": None,
        "tools": None,
    }


def test_snippets_are_inlined_with_their_own_snippets() -> None:
    """Each include is the text of the pinned version, at any depth, and its variables come along."""
    store: Store = {
        ("s/tone", 2): stored(snippet("Be {{mood}}. {{> s/rules}}", mood="string"), s__rules=5),
        ("s/rules", 5): snippet("No {{what}}.", what="list"),
    }
    content = stored(prompt(messages=[{"role": "user", "content": "{{> s/tone}}|{{ticket}}"}]), s__tone=2)
    value = get(content, store)
    assert value["messages"] == [{"role": "user", "content": "Be {{mood}}. No {{what}}.|{{ticket}}"}]
    assert list(value["variables"]) == ["ticket", "mood", "what"]
    assert get(store["s/tone", 2], store)["text"] == "Be {{mood}}. No {{what}}."
    rendered = render_messages(
        value["messages"], value["variables"], {"ticket": "t", "mood": "m", "what": [1]}
    )
    assert rendered[0]["content"] == "Be m. No [1].|t"


def test_declarations_merge_so_that_none_is_weakened() -> None:
    """The prompt's own counts first; of two snippets' the one that is required without default."""
    store: Store = {
        ("s/a", 1): {"kind": "snippet", "text": "{{x}}{{y}}", "variables": {"x": {"type": "string", "default": "a"},
                                                                          "y": {"type": "string"}}},
        ("s/b", 1): {"kind": "snippet", "text": "{{x}}{{y}}", "variables": {"x": {"type": "string", "required": True},
                                                                          "y": {"type": "string", "required": True}}},
    }  # fmt: skip
    content = {
        "kind": "prompt",
        "messages": [{"role": "user", "content": "{{> s/a}}{{> s/b}}"}],
        "variables": {"y": {"type": "string", "default": "mine"}},
        "pins": {"s/a": {"version": 1, "digest": DIGEST}, "s/b": {"version": 1, "digest": DIGEST}},
    }
    assert variables_of(content, lambda key, version: store[key, version]) == {
        "y": {"type": "string", "default": "mine"},
        "x": {"type": "string", "required": True},
    }


def test_a_model_stands_with_its_fallbacks() -> None:
    """Key, version and digest of each, and their fallbacks below, each as its own version pins it."""
    store: Store = {
        ("m/fast", 3): stored(model(fallbacks=["m/backup"]), m__backup=1),
        ("m/backup", 1): model(name="other", params=None),
    }
    backup = {"provider": "openai", "name": "other", "params": {}, "fallbacks": []}
    value = get(stored(prompt(model="m/fast"), m__fast=3), store)["model"]
    assert value == {
        "key": "m/fast",
        "version": 3,
        "digest": DIGEST,
        "provider": "openai",
        "name": "gpt-5-mini",
        "params": {"temperature": 0.2},
        "fallbacks": [{"key": "m/backup", "version": 1, "digest": DIGEST, **backup}],
    }
    assert get(store["m/backup", 1]) == backup


def test_a_value_shares_nothing_with_what_is_stored() -> None:
    """Whoever changes a value changes no version."""
    content = stored(prompt(tools=[{"name": "x", "parameters": {"type": "object"}}]))
    value = get(content)
    value["tools"][0]["function"]["parameters"]["type"] = "changed"
    value["variables"]["ticket"]["type"] = "changed"
    assert content == stored(prompt(tools=[{"name": "x", "parameters": {"type": "object"}}]))


def chain(depth: int) -> Store:
    """Return snippets of which each includes the next, `depth` of them."""
    store: Store = {("s/n0", 1): snippet("end")}
    for number in range(1, depth):
        store[f"s/n{number}", 1] = stored(snippet(f"{{{{> s/n{number - 1}}}}}"), **{f"s__n{number - 1}": 1})
    return store


def test_five_levels_are_the_limit() -> None:
    """One more is refused, and the refusal shows the way there."""
    store = chain(6)
    for number in (4, 5):
        content = stored(prompt(messages=[{"role": "user", "content": f"{{{{ticket}}}}{{{{> s/n{number}}}}}"}]),
                         **{f"s__n{number}": 1})  # fmt: skip
        if number == 4:
            assert get(content, store)["messages"][0]["content"] == "{{ticket}}end"
            continue
        with pytest.raises(Refused, match="s/n5 > s/n4 > s/n3 > s/n2 > s/n1 > s/n0"):
            get(content, store)


def test_loops_are_refused() -> None:
    """A snippet or a fallback that leads back to itself has no value."""
    store: Store = {
        ("s/a", 1): stored(snippet("{{> s/b}}"), s__b=1),
        ("s/b", 1): stored(snippet("{{> s/a}}"), s__a=1),
        ("m/a", 1): stored(model(fallbacks=["m/b"]), m__b=1),
        ("m/b", 1): stored(model(fallbacks=["m/a"]), m__a=1),
    }
    for content in store.values():
        with pytest.raises(Refused, match="contains itself") as refused:
            get(content, store)
        assert refused.value.code == "invalid_content"


@pytest.mark.parametrize(
    ("around", "inside"), [("{%s}", "{secret}"), ("{%s}", "{#if a}"), ("{%s", "{7}} {{b}}"), ("%s}}", "{{7")]
)
def test_a_snippet_cannot_make_tags_with_what_is_around_it(around: str, inside: str) -> None:
    """A tag stands in one text, where it was checked; braces that meet by chance make none."""
    text = {"role": "user", "content": "{{ticket}}" + around.replace("%s", "{{> s/a}}")}
    content = {**stored(prompt(messages=[text]), s__a=1)}
    try:
        value = get(content, {("s/a", 1): {"kind": "snippet", "text": inside}})
    except Refused as refused:
        assert refused.code == "invalid_content"
        return
    rendered = render_messages(
        value["messages"], {"ticket": {"type": "string"}}, {"ticket": "", "b": "", "secret": "!"}
    )
    assert "!" not in rendered[0]["content"]


def test_S35_snippets_cannot_multiply_without_end() -> None:
    """A few kilobytes that include each other many times are refused, not built."""
    store: Store = {("s/n0", 1): snippet("x" * 100)}
    for number in range(1, 5):
        text = f"{{{{> s/n{number - 1}}}}}" * 100
        store[f"s/n{number}", 1] = stored(snippet(text), **{f"s__n{number - 1}": 1})
    with pytest.raises(Refused, match="does not fit"):
        get(store["s/n4", 1], store)
