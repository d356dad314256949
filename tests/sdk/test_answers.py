"""What a caller gets in hand: messages, a ready request, and where it all came from."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.sdk import NotFound, RenderError
from prompts_admin.sdk.testing import FakeClient, client_from, client_from_folder
from tests.support.snapshots import document, prompt

SCHEMA = {"type": "object", "properties": {"queue": {"type": "string"}}}


def client_with(**value: Any) -> FakeClient:
    """Return a client with one prompt that has further fields."""
    messages = [{"role": "user", "content": "Hello {{name}}"}]
    return FakeClient({"support/triage": {"messages": messages, **value}})


def test_a_prompt_says_what_it_is() -> None:
    """Version, digest, stage, reason, source and the model stand on the answer."""
    triage = client_from(document()).prompt("support/triage", user="u-17", groups=["beta"])
    assert ("support/triage", 2, "sha256:Dear {{name}}") == (triage.key, triage.version, triage.digest)
    assert ("beta", "TARGETING_MATCH", "poll") == (triage.stage, triage.reason, triage.source)
    assert triage.age is not None
    assert triage.age < 60
    assert triage.model is not None
    assert ("small", "openai", {"temperature": 0.2}) == (
        triage.model.name,
        triage.model.provider,
        triage.model.params,
    )
    assert ("support/fast", 3, "sha256:fast") == (triage.model.key, triage.model.version, triage.model.digest)


def test_messages_take_variables_as_keywords() -> None:
    """Any declared name works as a keyword, and what is put in is never expanded."""
    triage = client_from(document()).prompt("support/triage")
    assert [{"role": "user", "content": "Hello {{name}}"}] == triage.messages(name="{{name}}")
    odd = FakeClient({"a/b": "{{self}} {{key}} {{strict}}"}).prompt("a/b")
    assert odd.messages(self=1, key="k", strict=True)[0]["content"] == "1 k true"


def test_a_request_is_ready_for_a_chat_call() -> None:
    """Model, parameters, messages, response format and tools have the names and forms of the chat API."""
    tools = [{"type": "function", "function": {"name": "find"}}]
    triage = client_with(
        model={"name": "small", "params": {"temperature": 0.2, "max_tokens": 5}},
        response_format={"type": "json_schema", "strict": True, "schema": SCHEMA},
        tools=tools,
    ).prompt("support/triage")
    schema = {"name": "support-triage", "schema": SCHEMA, "strict": True}
    assert {
        "model": "small",
        "temperature": 0.2,
        "max_tokens": 5,
        "messages": [{"role": "user", "content": "Hello Bo"}],
        "response_format": {"type": "json_schema", "json_schema": schema},
        "tools": tools,
    } == triage.request(name="Bo")


def test_a_request_leaves_out_what_the_prompt_does_not_name() -> None:
    """No nulls go to the provider; a declared name of the schema and other formats are kept."""
    assert ["messages"] == list(client_with().prompt("support/triage").request(name="Bo"))
    plain = client_with(response_format={"type": "json_object"}).prompt("support/triage")
    assert plain.request(name="Bo")["response_format"] == {"type": "json_object"}
    named = client_with(response_format={"type": "json_schema", "name": "route", "schema": SCHEMA})
    request = named.prompt("support/triage").request(name="Bo")
    assert request["response_format"]["json_schema"]["name"] == "route"


def test_changing_what_was_given_out_changes_nobody_else() -> None:
    """Requests, parameters and models are the caller's own."""
    client = client_with(
        model={"name": "small", "params": {"stop": ["x"]}, "fallbacks": [{"name": "b", "params": {"n": 1}}]},
        response_format={"type": "json_schema", "schema": {"required": []}},
        tools=[{"type": "function"}],
    )
    triage = client.prompt("support/triage")
    request = triage.request(name="Bo")
    request["stop"].append("y")
    request["tools"].clear()
    request["response_format"]["json_schema"]["schema"]["required"].append("z")
    triage.model.params["stop"].append("w")
    triage.model.fallbacks[0].params["n"] = 2
    again = client.prompt("support/triage").request(name="Bo")
    assert (["x"], [{"type": "function"}]) == (again["stop"], again["tools"])
    assert again["response_format"]["json_schema"]["schema"] == {"required": []}
    assert client.prompt("support/triage").model.fallbacks[0].params == {"n": 1}


def test_a_model_answers_with_its_settings() -> None:
    """A model is asked for as a prompt is."""
    model = client_from(document()).model("support/fast", user="u-17")
    assert (3, "sha256:small", "full", "STATIC") == (model.version, model.digest, model.stage, model.reason)
    assert ("openai", "small", {"temperature": 0.2}, ()) == (
        model.provider,
        model.name,
        model.params,
        model.fallbacks,
    )
    assert ("support/fast", 3) == (model.settings.key, model.settings.version)


@pytest.mark.parametrize(
    ("variables", "code"),
    [({}, "missing_variable"), ({"name": 5}, "wrong_type"), ({"name": None}, "missing_variable")],
)
def test_variables_that_do_not_fit_are_named(variables: dict[str, Any], code: str) -> None:
    """The error carries a code, the variable and the key."""
    triage = client_from(document()).prompt("support/triage")
    with pytest.raises(RenderError, match="support/triage") as error:
        triage.messages(**variables)
    assert (code, "name") == (error.value.code, error.value.name)


def test_an_undeclared_variable_is_ignored_counted_and_warned_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Callers can send the variables of two versions; `strict` makes it an error."""
    client = client_from(document())
    triage = client.prompt("support/triage")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert triage.messages(name="Bo", tone="warm")[0]["content"] == "Hello Bo"
    assert len([one for one in caplog.records if "'tone'" in one.getMessage()]) == 1
    assert client.ignored_variables == {("support/triage", "tone"): 3}
    with pytest.raises(RenderError) as error:
        triage.render({"name": "Bo", "tone": "warm"}, strict=True)
    assert error.value.code == "unknown_variable"


def test_messages_of_another_shape_end_as_a_render_error() -> None:
    """A newer server's kind of message harms the one prompt that has it."""
    odd = prompt("x")
    odd["value"]["messages"] = [{"role": "user", "content": [{"type": "image"}]}, {"video": 1}]
    client = client_from(document(versions={"support/triage": {"1": odd}}))
    with pytest.raises(RenderError) as error:
        client.prompt("support/triage").messages(name="Bo")
    assert error.value.code == "unusable"


def test_a_fake_client_serves_what_the_test_sets() -> None:
    """Tests of other programs need no server: set, set again, switch off."""
    client = FakeClient({"a/b": "Hi {{name}}"}, {"a/m": {"name": "small", "provider": "p"}})
    first = client.prompt("a/b", user="u")
    client.set_prompt("a/b", "Hello {{name}}")
    second = client.prompt("a.b")
    assert ("Hi Bo", "Hello Bo") == tuple(one.messages(name="Bo")[0]["content"] for one in (first, second))
    assert first.version != second.version
    assert client.model("a/m").name == "small"
    client.switch_off("a/b")
    with pytest.raises(NotFound) as error:
        client.prompt("a/b")
    assert error.value.reason == "DISABLED"


def test_a_folder_of_values_is_a_client(tmp_path: Path) -> None:
    """Texts and JSON by key, for tests that keep their prompts in files."""
    folder = tmp_path / "support"
    folder.mkdir()
    (folder / "triage.txt").write_text("Hi {{name}}")
    (folder / "reply.json").write_text('{"messages": [{"role": "user", "content": "Yes"}]}')
    (folder / "fast.json").write_text('{"name": "small"}')
    client = client_from_folder(tmp_path)
    assert client.prompt("support/triage").messages(name="Bo")[0]["content"] == "Hi Bo"
    assert client.prompt("support/reply").messages()[0]["content"] == "Yes"
    assert client.model("support/fast").name == "small"
    (folder / "odd.json").write_text("[]")
    with pytest.raises(ValueError, match=r"odd\.json"):
        client_from_folder(tmp_path)


@pytest.mark.parametrize("default", [3, [], {"text": "x"}, {"messages": [], "model": "support/fast"}])
def test_a_default_that_cannot_be_one_is_a_value_error(default: Any) -> None:
    """On each call, whether it is needed or not."""
    client = FakeClient({"support/triage": "Hello"})
    with pytest.raises(ValueError, match="default of a prompt"):
        client.prompt("support/triage", default=default)
    with pytest.raises(ValueError, match="default of a model"):
        client.model("support/fast", default=3)  # type: ignore[arg-type]


def test_a_model_by_its_key_is_refused_or_found_in_the_folder(tmp_path: Path) -> None:
    """A fake client says what to write; a folder's prompt may name a model that lies beside it."""
    named = {"messages": [{"role": "user", "content": "Hello"}], "model": "support/fast@3"}
    with pytest.raises(ValueError, match="Write its settings instead"):
        FakeClient({"support/triage": named})
    with pytest.raises(ValueError, match="Write its settings instead"):
        FakeClient(models={"support/fast": {"name": "small", "fallbacks": ["support/backup"]}})
    folder = tmp_path / "support"
    folder.mkdir()
    (folder / "triage.json").write_text(json.dumps(named))
    with pytest.raises(ValueError, match="support/fast"):
        client_from_folder(tmp_path)
    (folder / "fast.json").write_text('{"name": "small", "params": {"temperature": 0.1}}')
    asked = client_from_folder(tmp_path).prompt("support/triage").request()
    assert ("small", 0.1) == (asked["model"], asked["temperature"])
