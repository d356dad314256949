"""A large workspace as a snapshot document: two versions of a prompt each, two audiences and a share."""

from __future__ import annotations

import json
from typing import Any

VALUES = {
    "product": "Lantern",
    "tone": "calm and brief",
    "ticket": "My invoice of May is wrong, and nobody answers.",
}
BETA = [{"attribute": "groups", "operator": "in", "values": ["beta"]}]
PRO = [{"attribute": "plan", "operator": "equals", "values": ["pro"]}]


def workspace(artifacts: int) -> dict[str, Any]:
    """Return a document of `artifacts` prompts of 1 KB in features of a hundred."""
    names = [f"feature-{number // 100}/prompt-{number:05}" for number in range(artifacts)]
    return {
        "format": 1,
        "epoch": "benchmark",
        "revision": 1,
        "created_at": "2026-01-02T03:04:05Z",
        "audiences": {"beta": {"rules": [{"conditions": BETA}, {"conditions": PRO}]}, "full": "everybody"},
        "features": {},
        "entries": {
            name: {"beta": {"settled": 2}, "full": {"settled": 1, "candidate": 2, "percentage": 10.0}}
            for name in names
        },
        # Through JSON, so that nothing is shared that would not be in a real document.
        "versions": {
            name: json.loads(json.dumps({"1": _prompt(name, 1), "2": _prompt(name, 2)})) for name in names
        },
    }


def keys(document: dict[str, Any]) -> list[str]:
    """Return the keys, each as a new text as a caller would have it."""
    return [str(key) for key in document["entries"]]


def text_of(document: dict[str, Any], key: str) -> list[dict[str, str]]:
    """Return the messages of one of the prompts, before rendering."""
    messages: list[dict[str, str]] = document["versions"][key]["1"]["value"]["messages"]
    return messages


def _prompt(name: str, number: int) -> dict[str, Any]:
    rules = " ".join(f"Rule {rule} of {name}, version {number}: say what you know." for rule in range(12))
    system = f"You answer for {{{{product}}}} in a {{{{tone}}}} way. {rules}"[:880]
    texts = {"type": "string", "required": True}
    return {
        "kind": "prompt",
        "digest": f"sha256:{number:064x}",
        "classification": "internal",
        "value": {
            "messages": [
                {"role": "system", "content": system},
                {
                    "role": "user",
                    "content": f"The ticket of a user of {{{{product}}}}:\n{'-' * 60}\n{{{{ticket}}}}",
                },
            ],
            "variables": {"product": texts, "tone": texts, "ticket": texts},
            "model": {
                "key": "support/fast",
                "version": 3,
                "digest": f"sha256:{3:064x}",
                "provider": "openai",
                "name": "gpt-5-mini",
                "params": {"temperature": 0.2, "max_tokens": 400},
                "fallbacks": [],
            },
            "response_format": None,
            "tools": None,
        },
    }
