"""The quick way renders what the careful way renders, or leaves it to that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.templates.rendering import RenderError, compile_messages
from prompts_admin.domain.templates.template import MissingVariable
from tests.support.lengths import examples

pieces = st.lists(st.sampled_from(["{{a}}", "{{b}}", "text ", "100 % {}", "{{#if a}}x{{/if}}"]), max_size=5)
messages = st.lists(
    st.builds(lambda text: {"role": "user", "content": "".join(text)}, pieces)
    | st.just({"placeholder": "history"}),
    max_size=3,
)
declared = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "string", "integer", "list"]),
        "required": st.booleans(),
        "default": st.sampled_from(["d", "{{a}}", 5, None]),
    },
)
variables = st.dictionaries(st.sampled_from(["a", "b", "history", "unused"]), declared)
given_values = st.dictionaries(
    st.sampled_from(["a", "b", "history", "other"]),
    st.none() | st.text(max_size=5) | st.integers(0, 3) | st.just([{"role": "user", "content": "hi"}]),
)


def outcome(render: Any, values: dict[str, Any]) -> Any:
    """Return the messages, or the kind of refusal."""
    try:
        return render(values)
    except (MissingVariable, RenderError) as error:
        return type(error), error.code, error.name


@examples(300)
@given(messages=messages, variables=variables, values=given_values)
def test_both_ways_agree(messages: Any, variables: Any, values: Any) -> None:
    """Same messages, same refusals, whatever the templates, declarations and values."""
    compiled = compile_messages(messages, variables)
    assert outcome(replace(compiled, quick=None).render, values) == outcome(compiled.render, values)


def test_the_usual_prompt_takes_the_quick_way() -> None:
    """Texts, a default, a percent sign and a history are the usual prompt."""
    compiled = compile_messages(
        [
            {"role": "system", "content": "100 % {{tone}}"},
            {"placeholder": "history"},
            {"role": "user", "content": "{{a}}"},
        ],
        {"a": {"type": "string", "required": True}, "tone": {"default": "calm"}, "history": {"type": "list"}},
    )
    assert compiled.quick is not None
    history = [{"role": "assistant", "content": "hi"}]
    assert [
        {"role": "system", "content": "100 % calm"},
        *history,
        {"role": "user", "content": "{{x}}"},
    ] == compiled.quick({"a": "{{x}}", "history": history})
    assert compiled.quick({"a": "x", "history": history, "other": 1}) is None
    assert compiled.quick({"a": "x" * 10_000_001, "history": []}) is None
