"""What putting back does, as documents."""

from __future__ import annotations

from typing import Any

from prompts_admin.domain.releases.records import Change
from prompts_admin.domain.stages import percent_of
from prompts_admin.services.rollback.removal_plan import Removal
from prompts_admin.services.rollback.switch_off import row


def removal_json(removal: Removal) -> dict[str, Any]:
    """Return what a rollback leaves on and how to switch that off, takes along, leaves and switches off."""
    off = {(running.stage, running.key): running for running in removal.switched_off}
    return {
        "left_on": [vars(running) for running in removal.left_on],
        "switch_off": {"command": removal.switch_off} if removal.switch_off else None,
        "takes_along": [vars(running) for running in removal.takes_along],
        "not_permitted": [vars(running) for running in removal.not_permitted],
        "still_serving": [vars(running) for running in removal.still_serving],
        "switched_off": [row(off[place]) for place in sorted(off)],
    }


def change_json(change: Change) -> dict[str, Any]:
    """Return a place before and after; shares in percent."""
    return {
        "stage": change.stage,
        "key": change.key,
        "before": _entry_json(change.before),
        "after": _entry_json(change.after),
    }


def _entry_json(entry: Any) -> dict[str, Any]:
    share = (
        {"candidate": entry.candidate, "percentage": percent_of(entry.percentage)} if entry.candidate else {}
    )
    return {"settled": entry.settled, **share}
