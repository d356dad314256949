"""The contents of the measured workspace: prompts as long as real ones, all different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.content.references import Pin, with_pins

MODEL, SNIPPET = "model", "tone"
_RULES = "\n".join(
    f"{number}. Judge by what the customer needs, not by how it is said." for number in range(1, 16)
)


def content_of(key: str, number: int) -> dict[str, Any]:
    """Return version `number` of an artifact as a person would save it, references unpinned."""
    feature, _, name = key.partition("/")
    if name == MODEL:
        params = {"temperature": 0.2, "max_tokens": 400 + number}
        described = {"kind": "model", "description": f"About {key}"}
        return described | {"provider": "openai", "name": "gpt-5-mini", "params": params}
    if name == SNIPPET:
        return {
            "kind": "snippet",
            "description": f"About {key}",
            "text": f"Be kind and short. Wording {number}.",
        }
    system = f"You sort tickets of {key}, wording {number}.\n{_RULES}\n{{{{> {feature}/{SNIPPET}}}}}\n"
    return {
        "kind": "prompt",
        "description": f"About {key}",
        "model": f"{feature}/{MODEL}",
        "variables": {"ticket": {"type": "string", "required": True, "example": "My invoice is wrong"}},
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": "{{ticket}}"}],
    }


def pinned(content: Mapping[str, Any], pins: Mapping[str, Pin]) -> dict[str, Any]:
    """Return the content as it is stored."""
    return with_pins(content, pins) if pins else dict(content)
