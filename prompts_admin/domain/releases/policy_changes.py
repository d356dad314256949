"""Who must sign a change of who is served or who must sign, and which stages it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.stages import LAST_STAGE, STAGES

WORKSPACE = ""
ADMINISTRATORS = 2
"""How many administrators a change of the workspace takes; one in a demo."""


@dataclass(frozen=True)
class Effect:
    """What a settings change touches: stages whose proposals turn stale, and whether serving changes."""

    stages: frozenset[str]
    serving: bool


def signers_required(
    scope: str, old: Mapping[str, Any], new: Mapping[str, Any], *, demo: bool
) -> dict[str, int]:
    """Return the roles that must sign: the OLD policy's of the last stage, administrators for the workspace.

    A policy cannot weaken itself: what it asks for now decides about its change. Raising a classification
    alone protects more and asks nobody.
    """
    if scope == WORKSPACE:
        return {"admin": 1 if demo else ADMINISTRATORS}
    if _only_raises_classification(old, new):
        return {}
    asked = old.get("policy", {}).get(LAST_STAGE, {}).get("sign_off", {})
    return {role: count for role, count in asked.items() if count > 0}


def effect_of(scope: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Effect:
    """Return what changes between two documents of a scope."""
    if scope == WORKSPACE:
        before, after = old.get("audiences", {}), new.get("audiences", {})
        touched = frozenset(stage for stage in STAGES if before.get(stage) != after.get(stage))
        return Effect(touched, bool(touched))
    before, after = old.get("policy", {}), new.get("policy", {})
    touched = frozenset(stage for stage in STAGES if before.get(stage, {}) != after.get(stage, {}))
    if old.get("bucket_by") != new.get("bucket_by"):
        return Effect(frozenset(STAGES), serving=True)
    return Effect(touched, old.get("classification") != new.get("classification"))


def changed_for(stage: str, scope: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return in words what of a scope decides on a stage and differs, "" when nothing does.

    The rule is that of open proposals, which turn stale for it: what was signed for others is not signed.
    """
    if stage not in effect_of(scope, old, new).stages:
        return ""
    if scope == WORKSPACE:
        return f"the audience of {stage}"
    bucketed = old.get("bucket_by") != new.get("bucket_by")
    return "what people are bucketed by" if bucketed else f"the policy of {stage}"


def owed(
    required: Mapping[str, int], given: Iterable[tuple[str, str]], holders: Mapping[str, frozenset[str]]
) -> dict[str, int]:
    """Return how many signatures each role still owes; `given` are (email, role), counted while it is held."""
    counted: dict[str, set[str]] = {}
    for email, role in given:
        if email in holders.get(role, frozenset()):
            counted.setdefault(role, set()).add(email)
    left = {role: count - len(counted.get(role, ())) for role, count in required.items()}
    return {role: count for role, count in left.items() if count > 0}


def _only_raises_classification(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    rest_old = {name: value for name, value in old.items() if name != "classification"}
    rest_new = {name: value for name, value in new.items() if name != "classification"}
    before, after = old.get("classification", CLEARANCES[0]), new.get("classification", CLEARANCES[0])
    return rest_old == rest_new and CLEARANCES.index(after) >= CLEARANCES.index(before)
