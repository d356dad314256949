"""Policies and audiences as people say them: one sentence for each thing that a document asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from prompts_admin.domain.governance.governed_settings import OF_FEATURE, OF_WORKSPACE
from prompts_admin.domain.stages import STAGES
from prompts_admin.web.ui.formatting import full_time, plural

OPERATORS = {
    "in": "is one of",
    "not_in": "is none of",
    "equals": "is",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "contains": "contains",
    "greater_than": "is greater than",
    "less_than": "is less than",
}
NAMES = {"user": "the user’s id", "groups": "a group"}
SHOWN = 6
"""How many values of a condition are named before the rest is counted."""


class Line(TypedDict):
    """A sentence that is the same, removed or added, as `kind` says."""

    kind: str
    text: str


class Move(TypedDict):
    """What differs below a heading."""

    heading: str
    lines: list[Line]


def policy_sentences(asked: Mapping[str, Any]) -> list[str]:
    """Return what one stage of a policy asks; a stage that asks for nothing says so."""
    signers = asked.get("sign_off", {})
    found = [f"{plural(count, 'sign-off')} as {role}." for role, count in signers.items()]
    if asked.get("wait_hours"):
        found.append(f"{asked['wait_hours']:g} hours on the stage before.")
    found += [_check(name) for name in asked.get("checks", ())]
    found += [_freeze(freeze) for freeze in asked.get("freezes", ())]
    return found or ["Nothing: a proposal goes live at once."]


def signers_in_short(asked: Mapping[str, Any]) -> str:
    """Return who signs on one stage in a few words."""
    signers = asked.get("sign_off", {})
    return ", ".join(f"{count} × {role}" for role, count in signers.items()) or "nobody signs"


def audience_sentences(audience: Any) -> list[str]:
    """Return who is in an audience, a sentence for each rule."""
    if audience == "everybody":
        return ["Everybody."]
    rules = audience.get("rules", ()) if isinstance(audience, Mapping) else ()
    found = [_sentence(" and ".join(map(_condition, rule["conditions"]))) for rule in rules]
    return found or ["Nobody."]


def settings_sentences(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a document of settings in sentences by heading: of a feature, or of the workspace."""
    is_workspace = not document.keys().isdisjoint(OF_WORKSPACE.names)
    governed = OF_WORKSPACE if is_workspace else OF_FEATURE
    known = {setting.name: setting.default for setting in governed.settings}
    found: dict[str, list[str]] = {}
    for name, said in SENTENCES.items():
        if name in known:
            found |= said(document.get(name, known[name]))
    return found


def settings_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Move]:
    """Return what differs, by heading."""
    old, new = settings_sentences(before) if before else {}, settings_sentences(after)
    moves: list[Move] = []
    for heading, lines in new.items():
        stood = old.get(heading, [])
        if stood != lines:
            moves.append({"heading": heading, "lines": _lines(stood, lines)})
    return moves


SENTENCES: dict[str, Callable[[Any], dict[str, list[str]]]] = {
    "policy": lambda policy: {
        f"To go live on {stage}": policy_sentences(policy.get(stage, {})) for stage in STAGES
    },
    "classification": lambda classification: {"Classification": [f"{classification}."]},
    "bucket_by": lambda attribute: {"Shares are counted by": [f"{attribute or 'the user’s id'}."]},
    "audiences": lambda audiences: {
        f"Audience of {stage}": audience_sentences(audiences.get(stage)) for stage in STAGES
    },
}
"""How each governed setting is told, by heading, in the order of the page."""


def _lines(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    gone: list[Line] = [{"kind": "removed", "text": line} for line in old if line not in new]
    return gone + [{"kind": "same" if line in old else "added", "text": line} for line in new]


def _condition(condition: Mapping[str, Any]) -> str:
    name, operator = condition["attribute"], condition["operator"]
    who = NAMES.get(name, f"“{name}”")
    if operator == "exists":
        return f"{who} is {'not ' if condition.get('negate') else ''}given"
    values = [_value(value) for value in condition.get("values", ())]
    shown = ", ".join(values[:SHOWN]) + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")
    told = f"{who} {OPERATORS.get(operator, operator)} {shown}"
    return f"not ({told})" if condition.get("negate") else told


def _value(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()


def _check(name: str) -> str:
    if name == "renders":
        return "Every prompt renders with the examples of its variables."
    return f"The check “{name}” passes."


def _freeze(freeze: Mapping[str, str]) -> str:
    reason = f" ({freeze['reason']})" if freeze.get("reason") else ""
    return f"Frozen from {full_time(freeze['from'])} to {full_time(freeze['to'])}{reason}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
