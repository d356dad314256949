"""Who must sign a change of who is served or who must sign, and which stages it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.governance.governed_settings import WORKSPACE as WORKSPACE
from prompts_admin.domain.governance.governed_settings import GovernedScope, GovernedSetting, scope_of
from prompts_admin.domain.stages import Stage


@dataclass(frozen=True)
class Effect:
    """What a settings change touches: stages whose proposals turn stale, and whether serving changes."""

    stages: frozenset[Stage]
    serving: bool


def signers_required(
    scope: str, old: Mapping[str, Any], new: Mapping[str, Any], *, demo: bool
) -> dict[str, int]:
    """Return the roles that must sign: the OLD policy's of the last stage, administrators for the workspace.

    A policy cannot weaken itself: what it asks for now decides about its change. Raising a classification
    alone protects more and asks nobody.
    """
    governed = scope_of(scope)
    if _asks_nobody(governed, old, new):
        return {}
    # A demo has one administrator.
    return {
        role: 1 if demo and scope == WORKSPACE else count for role, count in governed.signers(old).items()
    }


def effect_of(scope: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Effect:
    """Return what changes between two documents of a scope."""
    differing = _differing(scope, old, new)
    touched = (setting.touches(setting.of(old), setting.of(new)) for setting in differing)
    return Effect(frozenset().union(*touched), any(setting.is_served for setting in differing))


def changed_for(stage: Stage, scope: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return in words what of a scope decides on a stage and differs, "" when nothing does.

    The rule is that of open proposals, which turn stale for it: what was signed for others is not signed.
    """
    for setting in _differing(scope, old, new):
        if stage in setting.touches(setting.of(old), setting.of(new)):
            return setting.difference.format(stage=stage)
    return ""


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


def _differing(scope: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[GovernedSetting]:
    return [setting for setting in scope_of(scope).in_file if setting.of(old) != setting.of(new)]


def _asks_nobody(governed: GovernedScope, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether nothing differs but settings whose change needs no sign-off, each so that it needs none."""
    free = {setting.name: setting for setting in governed.settings if setting.asks_nobody}
    rest = ({name: value for name, value in one.items() if name not in free} for one in (old, new))
    return (
        bool(free)
        and next(rest) == next(rest)
        and all(one.asks_nobody(one.of(old), one.of(new)) for one in free.values() if one.asks_nobody)
    )
