"""How long a version was settled at a place, and by which release it came: read from the place's history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts_admin.domain.releases.records import HistoryLine


@dataclass(frozen=True)
class Term:
    """The time a version was settled: `since` for the last time, `until` then (None: it still is).

    `lasted` is the sum of all times up to the moment that was asked for; `release` the promotion that settled
    it first in the last time, before any rollback or undo brought it back; None without one.
    """

    since: datetime
    until: datetime | None
    lasted: timedelta
    release: int | None


def term_of(lines: Iterable[HistoryLine], version: int, *, now: datetime) -> Term | None:
    """Return when `version` was settled according to the lines of its place, oldest first; None for never."""
    since, until, lasted, brought = None, None, timedelta(), None
    for line in lines:
        came = line.after.settled == version and line.before.settled != version
        left = line.before.settled == version and line.after.settled != version
        if came:
            since, until = line.at, None
            brought = line.release if line.kind in ("promotion", "initial") else brought
        elif left and since is not None:
            until = line.at
            lasted += line.at - since
    if since is None:
        return None
    return Term(since, until, lasted if until else lasted + (now - since), brought)
