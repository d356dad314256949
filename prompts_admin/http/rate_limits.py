"""How much one asker may do per minute: a token bucket for each, in the memory of this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from prompts_admin.domain.errors import Refused
from prompts_admin.serving.recently_used import RecentlyUsed

MOST_ASKERS = 10_000


class Buckets:
    """Token buckets by asker; one who rested for a minute may spend a whole minute's worth at once.

    The least recently used of more than `most` askers are forgotten, which fills their buckets.
    """

    def __init__(self, *, most: int = MOST_ASKERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: RecentlyUsed[tuple[str, str], tuple[float, float]] = RecentlyUsed(most)

    def take(self, what: str, who: str, *, per_minute: int) -> None:
        """Spend one; raises Refused("rate_limited") with `retry_after` in seconds when none is left.

        `per_minute` 0 means that there is no limit.
        """
        if not per_minute:
            return
        now = self._clock()
        with self._left.lock:
            left, at = self._left.get((what, who)) or (float(per_minute), now)
            left = min(float(per_minute), left + max(0.0, now - at) * per_minute / 60)
            enough = left >= 1
            self._left.put((what, who), (left - 1 if enough else left, now))
        if not enough:
            raise _too_many(what, per_minute, ceil((1 - left) * 60 / per_minute))


def _too_many(what: str, per_minute: int, seconds: int) -> Refused:
    return Refused(
        "rate_limited",
        f"More than {per_minute} requests of the kind '{what}' in a minute.",
        f"Try again in {seconds} s.",
        members={"retry_after": seconds},
    )
