"""What putting back does, as documents."""

from __future__ import annotations

from typing import Any

from prompts_admin.domain.releases import Change
from prompts_admin.services.removing import Removal


def removal_json(removal: Removal) -> dict[str, Any]:
    """Return what a rollback takes along, leaves and switches off."""
    return {
        "takes_along": [vars(row) for row in removal.takes_along],
        "not_permitted": [vars(row) for row in removal.not_permitted],
        "still_serving": [vars(row) for row in removal.still_serving],
        "switched_off": [
            {"stage": c.stage, "key": c.key}
            for c in removal.changes
            if c.before.settled and not c.after.settled
        ],
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
    share = {"candidate": entry.candidate, "percentage": entry.percentage / 1000} if entry.candidate else {}
    return {"settled": entry.settled, **share}
