"""The backoff: seconds until the next question, spread out so that many readers do not ask one server at once."""

from __future__ import annotations

import os
from collections.abc import Callable

from prompts_admin.sdk.transport.port import Failed

FIRST = 1.0
MOST = 30.0
BARRED = 150.0
_LONGEST_ASKED = 300.0
_JITTER = 0.1


class Backoff:
    """Delays in seconds: even ones while all is well, doubling ones while it is not.

    A failure waits between half and all of 1, 2, 4 ... 30 seconds, a refused token between 2.5 and 5 minutes,
    and never less than what the server asks for with Retry-After (of which five minutes are believed).
    """

    def __init__(self, random: Callable[[], float] | None = None) -> None:
        self._random = random or chance
        self._failures = 0

    def succeeded(self, every: float) -> float:
        """Return the delay to the next regular question, `every` seconds give or take a tenth."""
        self._failures = 0
        return every * (1 + _JITTER * (2 * self._random() - 1))

    def failed(self, failure: Failed) -> float:
        """Return the delay after a failure."""
        self._failures += 1
        if failure.is_barred:
            return BARRED * (1 + self._random())
        step = min(MOST, FIRST * 2.0 ** min(self._failures - 1, 10))
        asked = min(failure.retry_after or 0.0, _LONGEST_ASKED)
        return asked + step * (0.5 + self._random() / 2)


def chance() -> float:
    """Return a number from 0 up to 1, another one in each process; the module `random` is slow to import."""
    return int.from_bytes(os.urandom(6), "big") / 2**48
