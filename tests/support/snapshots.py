"""Snapshot documents that the tests of serving and of the SDK share."""

from __future__ import annotations

import copy
from typing import Any

BETA = {"rules": [{"conditions": [{"attribute": "groups", "operator": "in", "values": ["beta"]}]}]}
MODEL = {"key": "support/fast", "version": 3, "digest": "sha256:fast", "provider": "openai", "name": "small"}


def prompt(text: str, **fields: Any) -> dict[str, Any]:
    """Return the snapshot's form of a prompt with one message and the variable `name`."""
    value = {
        "messages": [{"role": "user", "content": text}],
        "variables": {"name": {"type": "string", "required": True}},
        "model": {**MODEL, "params": {"temperature": 0.2}, "fallbacks": []},
        "response_format": None,
        "tools": None,
    }
    return {
        "kind": "prompt",
        "digest": f"sha256:{text}",
        "classification": "internal",
        "value": value,
        **fields,
    }


def model(name: str) -> dict[str, Any]:
    """Return the snapshot's form of a model."""
    value = {"provider": "openai", "name": name, "params": {"temperature": 0.2}, "fallbacks": []}
    return {"kind": "model", "digest": f"sha256:{name}", "classification": "internal", "value": value}


def snippet(text: str) -> dict[str, Any]:
    """Return the snapshot's form of a snippet."""
    value = {"text": text, "variables": {}}
    return {"kind": "snippet", "digest": f"sha256:{text}", "classification": "internal", "value": value}


def document(**fields: Any) -> dict[str, Any]:
    """Return a snapshot document with two features, three kinds and one secret version."""
    return {
        "format": 1,
        "epoch": "first",
        "revision": 1,
        "created_at": "2026-01-02T03:04:05Z",
        "audiences": {"beta": copy.deepcopy(BETA), "full": "everybody"},
        "features": {
            "support": {"bucket_by": None, "classification": "internal"},
            "payroll": {"bucket_by": None, "classification": "pii"},
        },
        "entries": {
            "support/triage": {"beta": {"settled": 2}, "full": {"settled": 1}},
            "support/fast": {"full": {"settled": 3}},
            "support/tone": {"full": {"settled": 1}},
            "support/off": {},
            "payroll/letter": {"full": {"settled": 1}},
            "payroll/off": {},
        },
        "versions": {
            "support/triage": {
                "1": prompt("Hello {{name}}"),
                "2": prompt("Dear {{name}}", classification="pii"),
            },
            "support/fast": {"3": model("small")},
            "support/tone": {"1": snippet("Be kind, {{name}}.")},
            "payroll/letter": {"1": prompt("You earn", classification="pii")},
        },
        **fields,
    }
