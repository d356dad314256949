"""The fields of a policy: sign-offs per role, waiting time, checks and freezes, for each stage."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.stages import STAGES

CHECKS = ("renders",)
MOST_SIGNERS = 9
MOST_HOURS = 8760
_ROLE = re.compile("[a-z][a-z0-9_-]{0,30}")


def read_policy(value: Any, path: str, found: Findings) -> Json:
    """Return the policy by stage; a stage or field that asks for nothing is left out."""
    stages = {
        stage: _stage(asked, at(path, stage), found)
        for stage, asked in found.fields(value, path, STAGES).items()
    }
    return {stage: stages[stage] for stage in STAGES if stages.get(stage)}


def _stage(value: Any, path: str, found: Findings) -> Json:
    fields = found.fields(value, path, _READERS)
    read = {
        name: reader(fields[name], at(path, name), found)
        for name, reader in _READERS.items()
        if name in fields
    }
    return {name: asked for name, asked in read.items() if asked}


def _sign_off(value: Any, path: str, found: Findings) -> dict[str, int]:
    counts = {}
    for role, count in found.fields(value, path, value if isinstance(value, dict) else ()).items():
        place = at(path, role)
        if _ROLE.fullmatch(role) is None:
            found.say(place, f"'{role[:80]}' cannot name a role.", "Use a-z, 0-9, '-' and '_': 'legal'.")
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_SIGNERS:
            found.say(
                place, f"must be a number of people from 1 to {MOST_SIGNERS}.", "Write 1, for instance."
            )
        counts[role] = count
    return counts


def _wait_hours(value: Any, path: str, found: Findings) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_HOURS:
        found.say(path, f"must be a number of hours from 0 to {MOST_HOURS}.", "Write 24, for instance.")
        return 0
    return value


def _checks(value: Any, path: str, found: Findings) -> list[str]:
    items = found.items(value, path, most=len(CHECKS))
    return [found.one_of(item, at(path, index), CHECKS) for index, item in enumerate(items)]


def _freezes(value: Any, path: str, found: Findings) -> list[dict[str, str]]:
    items = found.items(value, path, most=100)
    return [_freeze(item, at(path, index), found) for index, item in enumerate(items)]


def _freeze(value: Any, path: str, found: Findings) -> dict[str, str]:
    fields = found.fields(value, path, ("from", "to", "reason"))
    start = _time(fields.get("from"), at(path, "from"), found)
    end = _time(fields.get("to"), at(path, "to"), found)
    if start and end and start >= end:
        found.say(at(path, "to"), "must be later than 'from'.", "Correct one of the two.")
    freeze = {"from": start, "to": end}
    if "reason" in fields:
        freeze["reason"] = found.text(fields["reason"], at(path, "reason"), most=500)
    return freeze


def _time(value: Any, path: str, found: Findings) -> str:
    """Return a time in UTC as `2026-12-20T00:00:00Z`; such texts sort as the times do."""
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC) if _has_zone(value) else None
    except (TypeError, ValueError, OverflowError):
        moment = None
    if moment is None:
        found.say(path, "must be a time with its zone.", "Write it as 2026-12-20T00:00:00Z.")
        return ""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _has_zone(value: Any) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


_READERS: dict[str, Callable[[Any, str, Findings], Any]] = {
    "sign_off": _sign_off,
    "wait_hours": _wait_hours,
    "checks": _checks,
    "freezes": _freezes,
}
