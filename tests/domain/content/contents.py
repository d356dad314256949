"""Contents for tests: small ones to change, and strategies for any that may be stored."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

DIGEST = "sha256:" + "0" * 64

SURPRISES = (
    "no", "yes", "on", "off", "y", "null", "~", "true", "1e3", "012", "0x1f", "0o17", ".inf", ".nan", "1_000",
    "2026-12-20", "2026-12-20T00:00:00Z", "12:30:45", "-", "- a", "a: b", "a #b", "#a", "?", ": ", "|",
    ">", "%a",
    "@a", "`a", "&a", "*a", "!a", "!!python/object:os.system", "<<", "{a}", "[a]", "{{a-b}}",
    "'", '"', "\\", "\\n",
    " ", "  a", "a  ", "a \nb ", "\n", "\n\n", "\na", " \na", "\t", "\ta\n", "a\tb", "a\n", "a\n\n", "a\n \n",
    "a\n  ",
    "a\r\nb", "a\rb", "a\x07b", "\x7f", "\x85", "\u2028", "\ufeff", "\ufeffa\nb", "a\u200bb",
    "a\u202eb\nc", "\xe9", "e\u0301",
    "👩‍👩‍👧\n❤️", "---", "---\na", "...\na", "a\n---\nb",
    "a" * 300, "a b " * 100, "a\n" * 50, "# a\n# b\n", "\xa0a\n\xa0",
)  # fmt: skip

characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = (
    st.sampled_from(SURPRISES)
    | st.text(characters, max_size=30)
    | st.text(st.sampled_from(" \n\tab:#-'\"|>\\\r\u2028"), max_size=20)
).filter(lambda text: "{{" not in text and not text.startswith(("<<<<<<<", ">>>>>>>", "|||||||")))
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2.0**53) + 1, 2.0**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(("system", "user", "assistant", "developer", "tool")), "content": texts}
) | st.fixed_dictionaries({"placeholder": st.sampled_from(("history", "Examples_2"))})


def prompt(**changes: Any) -> dict[str, Any]:
    """Return a small prompt with some fields replaced; None takes a field away."""
    content = {
        "kind": "prompt",
        "description": "Route a ticket",
        "variables": {"ticket": {"type": "string", "required": True}},
        "messages": [
            {"role": "system", "content": "You route support tickets.\n"},
            {"placeholder": "history"},
            {"role": "user", "content": "{{ticket}}"},
        ],
        **changes,
    }
    return {name: value for name, value in content.items() if value is not None}


def model(**changes: Any) -> dict[str, Any]:
    """Return a small model with some fields replaced; None takes a field away."""
    content = {
        "kind": "model",
        "provider": "openai",
        "name": "gpt-5-mini",
        "params": {"temperature": 0.2},
        **changes,
    }
    return {name: value for name, value in content.items() if value is not None}


def snippet(text: str = "Be kind.", **variables: str) -> dict[str, Any]:
    """Return a snippet; the variables are given as name=type."""
    declared = {name: {"type": kind} for name, kind in variables.items()}
    return {"kind": "snippet", **({"variables": declared} if declared else {}), "text": text}


def pin(version: int, digest: str = DIGEST) -> dict[str, Any]:
    """Return a pin as it stands in a content."""
    return {"version": version, "digest": digest}


prompts = st.builds(
    prompt, description=texts.filter(bool), messages=st.lists(messages, min_size=1, max_size=4)
).map(
    lambda content: (
        {**content, "variables": {"history": {"type": "list"}}} if _has_history(content) else _bare(content)
    )
)
models = st.builds(
    model,
    provider=st.just("somebody else"),
    params=st.dictionaries(texts, values, min_size=1, max_size=4),
)
snippets = st.builds(snippet, texts)


def _has_history(content: dict[str, Any]) -> bool:
    return any(message.get("placeholder") == "history" for message in content["messages"])


def _bare(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "variables"}
