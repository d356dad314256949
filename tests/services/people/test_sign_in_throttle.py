"""Counting failed sign-ins."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from prompts_admin.domain.errors import Refused
from prompts_admin.services.people.sign_in_throttle import Attempts

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_S13_the_window_slides() -> None:
    """Each failure counts for the window, and the answer says how long to wait."""
    attempts = Attempts(2, timedelta(seconds=60))
    attempts.begin(["a"], NOW)
    attempts.begin(["a"], NOW + timedelta(seconds=30))
    with pytest.raises(Refused) as caught:
        attempts.begin(["a"], NOW + timedelta(seconds=40))
    assert caught.value.members == {"retry_after": 20}
    attempts.begin(["a"], NOW + timedelta(seconds=60))
    with pytest.raises(Refused):
        attempts.begin(["a"], NOW + timedelta(seconds=61))


def test_S13_whoever_keeps_trying_locks_nobody_out() -> None:
    """Refused attempts are not counted, so the wait ends although the attack goes on."""
    attempts = Attempts(1, timedelta(seconds=60))
    attempts.begin(["victim"], NOW)
    for second in range(1, 60):
        with pytest.raises(Refused):
            attempts.begin(["victim"], NOW + timedelta(seconds=second))
    attempts.begin(["victim"], NOW + timedelta(seconds=60))


def test_S13_many_at_once_do_not_slip_through() -> None:
    """An attempt counts from its start: of fifty threads ten get to try."""
    attempts, passed = Attempts(10), []

    def attempt() -> None:
        try:
            attempts.begin(["a", "b"], NOW)
        except Refused:
            return
        passed.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 10


def test_a_success_takes_its_attempt_back() -> None:
    """Only failures count."""
    attempts = Attempts(1)
    for _ in range(3):
        attempts.begin(["a"], NOW)
        attempts.forgive(["a"], NOW)


def test_F22_a_clock_put_back_never_asks_for_more_than_the_window() -> None:
    """The wait is bounded whatever the clock does."""
    attempts = Attempts(1, timedelta(seconds=60))
    attempts.begin(["a"], NOW)
    with pytest.raises(Refused) as caught:
        attempts.begin(["a"], NOW - timedelta(days=1))
    assert caught.value.members == {"retry_after": 60}


def test_F45_memory_is_bounded() -> None:
    """A flood of addresses does not fill the memory, and does not forget the newest failures."""
    attempts = Attempts(1)
    for number in range(20_050):
        attempts.begin([f"address {number}"], NOW + timedelta(milliseconds=number))
    assert len(attempts._starts) <= 10_000
    with pytest.raises(Refused):
        attempts.begin(["address 20049"], NOW + timedelta(seconds=21))
