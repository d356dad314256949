"""How many decisions wait for somebody, remembered until anything changes: it stands on every page."""

from __future__ import annotations

from datetime import datetime, timedelta

from prompts_admin.services.core.work import Work
from prompts_admin.services.notifications.inbox import waiting
from prompts_admin.serving.recently_used import RecentlyUsed

MOST = 1_000
LONGEST = timedelta(minutes=1)
"""Time alone makes some things wait: a release whose moment has passed."""


class WaitingCounts:
    """Counts by person, each for one state of the store; the least recently used of many are forgotten."""

    def __init__(self) -> None:
        self._known: RecentlyUsed[str, tuple[int, datetime, int]] = RecentlyUsed(MOST)

    def of(self, work: Work) -> int:
        """Return how many releases, settings changes and refusals wait for whoever asks; 0 for who reads nothing."""
        email = work.actor.email
        if email is None or not work.may_somewhere("read"):
            return 0
        found = self._known.get(email)
        if found and found[0] == work.head.audit_seq and work.now - found[1] < LONGEST:
            return found[2]
        mine = waiting(work)
        count = len(mine["releases"]) + len(mine["settings"]) + len(mine["refused"])
        self._known.put(email, (work.head.audit_seq, work.now, count))
        return count
