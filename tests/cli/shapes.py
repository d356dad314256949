"""Documents in the shapes of the contract, for the scripted server."""

from __future__ import annotations

from typing import Any

CELL = {
    "version": 8,
    "percentage": 10.0,
    "settled": 7,
    "release": 12,
    "since": "2026-11-20T10:00:00Z",
    "by": "pm@example.com",
}
STATUS: dict[str, Any] = {
    "key": "support/triage",
    "kind": "prompt",
    "latest": 8,
    "stages": {
        "internal": {**CELL, "version": 8, "settled": 8, "percentage": 100.0},
        "beta": CELL,
        "full": None,
    },
}
VERSION: dict[str, Any] = {
    "key": "support/triage",
    "number": 8,
    "digest": "sha256:" + "ab" * 32,
    "parent": 7,
    "author": "pm@example.com",
    "message": "shorter greeting",
    "created_at": "2026-11-20T10:00:00Z",
    "content": {"kind": "snippet", "text": "Be kind.\n"},
    "text": "kind: snippet\ntext: Be kind.\n",
    "marked": False,
    "warnings": [],
}
RELEASE: dict[str, Any] = {
    "number": 12,
    "kind": "promotion",
    "state": "proposed",
    "feature": "support",
    "stage": "beta",
    "note": "new refund wording",
    "items": [
        {
            "stage": "beta",
            "key": "support/triage",
            "from": 7,
            "to": 8,
            "percentage": 10.0,
            "up_to": 50.0,
            "state": "proposed",
        }
    ],
    "missing": [{"role": "legal", "count": 1, "people": ["lena@example.com"]}],
    "checks": [
        {"name": "renders", "outcome": "pass", "detail": "all examples render"},
        {"name": "sign_off", "outcome": "fail", "detail": "1 more from legal"},
        {"name": "wait", "outcome": "inconclusive", "detail": "no clock"},
    ],
    "signoffs": [
        {
            "email": "ml@example.com",
            "role": "ml",
            "verdict": "approve",
            "note": "fine",
            "at": None,
            "counts": True,
        }
    ],
    "revision": None,
    "proposed_by": "pm@example.com",
    "proposed_at": "2026-11-20T10:00:00Z",
    "left_behind": [],
    "takes_along": [],
    "undo": None,
    "next": "Waits for sign-off. 1 as legal: lena@example.com",
}
ROLLBACK: dict[str, Any] = {
    **RELEASE,
    "number": 13,
    "kind": "rollback",
    "state": "live",
    "stage": None,
    "missing": [],
    "checks": [],
    "signoffs": [],
    "items": [
        {**RELEASE["items"][0], "from": 8, "to": 7, "percentage": 100.0, "up_to": 100.0, "state": "current"}
    ],
    "left_behind": [{"key": "support/reply", "version": 3, "stage": "beta", "release": 12}],
    "takes_along": [{"key": "support/reply", "version": 4, "stage": "beta"}],
    "undo": {"release": 13, "until": "2026-11-21T10:00:00Z", "command": "prompts-admin undo 13"},
    "next": "",
}
DIFF: dict[str, Any] = {
    "key": "support/triage",
    "from": 7,
    "to": 8,
    "changes": [
        {
            "class": "text",
            "path": "messages[0].content",
            "sentence": "message 1 (system) changed",
            "words": [
                {"kind": "same", "text": "Be "},
                {"kind": "removed", "text": "brief"},
                {"kind": "added", "text": "kind"},
                {"kind": "same", "text": "."},
            ],
        }
    ],
    "breaking": ["variable 'ticket' is required now"],
}
