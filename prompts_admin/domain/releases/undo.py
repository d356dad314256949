"""Undo: what stood before a release, put back while the undo window is open and nothing else happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.stages import EMPTY, Entry


def undo_changes(
    number: int,
    changes: Sequence[Change],
    entries: Mapping[Place, Entry],
    *,
    live_at: datetime,
    now: datetime,
    hours: float,
) -> tuple[Change, ...]:
    """Return the changes that put back exactly what stood before release `number`.

    Raises Refused `undo_refused` after `hours`, or when something that it put in place is gone.
    """
    if now - live_at > timedelta(hours=hours):
        raise Refused(
            "undo_refused",
            f"Release {number} is older than {hours:g} hours.",
            "Promote the version you want instead.",
        )
    moved = [change for change in changes if entries.get(change.place, EMPTY) != change.after]
    if moved:
        places = ", ".join(f"{change.key} on {change.stage}" for change in moved)
        raise Refused(
            "undo_refused",
            f"Release {number} cannot be undone: {places} changed since.",
            "Promote the version you want instead.",
        )
    return tuple(Change(c.stage, c.key, c.after, c.before) for c in changes)
