"""Token buckets: a minute's worth at once, then as fast as the minute allows."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Refused
from prompts_admin.http.rate_limits import Buckets


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_again() -> None:
    """Sixty a minute is one a second, once the first sixty are spent."""
    clock = Clock()
    buckets = Buckets(clock=clock)
    for _ in range(60):
        buckets.take("write", "ana", per_minute=60)
    with pytest.raises(Refused) as caught:
        buckets.take("write", "ana", per_minute=60)
    assert 1 == caught.value.members["retry_after"]
    clock.now += 1
    buckets.take("write", "ana", per_minute=60)
    with pytest.raises(Refused):
        buckets.take("write", "ana", per_minute=60)


def test_askers_and_kinds_have_buckets_of_their_own() -> None:
    """One asker's flood is nobody else's, and no limit on another kind."""
    buckets = Buckets(clock=Clock())
    buckets.take("write", "ana", per_minute=1)
    buckets.take("write", "ben", per_minute=1)
    buckets.take("search", "ana", per_minute=1)
    with pytest.raises(Refused):
        buckets.take("write", "ana", per_minute=1)


def test_zero_is_no_limit() -> None:
    """A limit can be switched off."""
    buckets = Buckets(clock=Clock())
    for _ in range(1000):
        buckets.take("write", "ana", per_minute=0)


def test_F22_a_clock_that_goes_back_takes_nothing_away() -> None:
    """Time that runs backwards neither fills nor empties."""
    clock = Clock()
    buckets = Buckets(clock=clock)
    buckets.take("write", "ana", per_minute=2)
    clock.now -= 3600
    buckets.take("write", "ana", per_minute=2)
    with pytest.raises(Refused):
        buckets.take("write", "ana", per_minute=2)


def test_the_memory_of_askers_is_bounded() -> None:
    """Ten thousand made-up addresses cannot fill the memory."""
    buckets = Buckets(most=10, clock=Clock())
    for number in range(100):
        buckets.take("write", f"address {number}", per_minute=5)
    assert len(buckets._left) == 10
