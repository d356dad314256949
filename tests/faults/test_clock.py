"""A clock that is set back an hour, or jumps ahead: order is by revision, nothing happens twice or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prompts_admin.domain.releases.timed_release import LATE
from prompts_admin.services.releases.scheduler import tick
from tests.faults.places import Place
from tests.faults.stores import ACTIONS
from tests.support.cast import ON_CALL
from tests.support.desk import OTHER, TRIAGE, Desk
from tests.support.invariants import check_invariants

HOUR = timedelta(hours=1)


def due_in(desk: Desk, minutes: float) -> int:
    """Propose a release that goes live by itself at a time; return its number."""
    at = desk.clock.now + timedelta(minutes=minutes)
    return int(desk.propose(OTHER, apply="at", apply_at=at)["number"])


def test_F22_history_is_told_in_its_order_whatever_the_clock_said(desk: Desk) -> None:
    """After the clock was set back, the newest revision is the state, and everything goes on as it does."""
    for text in ("One", "Two", "Three"):
        desk.save(OTHER, text)
    first = desk.promote(f"{OTHER}@1")
    desk.promote(f"{OTHER}@2")
    desk.clock.forward(hours=-1)
    third = desk.promote(f"{OTHER}@3")
    assert 3 == desk.entry("internal", OTHER).settled
    back = desk.rollback(f"{OTHER}@3")
    assert 2 == desk.entry("internal", OTHER).settled
    desk.undo(back["number"])
    assert 3 == desk.entry("internal", OTHER).settled
    assert "superseded" == desk.state(first)
    assert "live" == desk.state(third)
    check_invariants(desk.product)


def test_F22_a_schedule_fires_once_though_its_time_comes_twice(desk: Desk) -> None:
    """Live at its time; when the clock is set back and the time comes again, nothing happens."""
    desk.save(OTHER, "One")
    number = due_in(desk, 10)
    assert 0 == tick(desk.product)
    desk.clock.forward(minutes=10)
    assert 1 == tick(desk.product)
    revision = desk.release(number)["revision"]
    desk.clock.forward(hours=-1)
    for _ in range(3):
        assert 0 == tick(desk.product)
        desk.clock.forward(minutes=30)
    assert revision == desk.product.store.revision()
    assert "live" == desk.state(number)


def test_F22_a_jump_over_the_time_of_a_release_leaves_it_to_a_person(desk: Desk) -> None:
    """More than a quarter of an hour late it waits for `apply`; set back, it is in time again."""
    desk.save(OTHER, "One")
    number = due_in(desk, 10)
    desk.clock.forward(minutes=10 + LATE / timedelta(minutes=1) + 1)
    assert 0 == tick(desk.product)
    assert "approved" == desk.state(number)
    desk.clock.forward(minutes=-10)
    assert 1 == tick(desk.product)


def test_F22_times_told_are_never_negative(desk: Desk) -> None:
    """A release that went live "before" it was proposed can be undone, and its undo ends no earlier than it began."""
    desk.save(TRIAGE, "One")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta")["number"]
    desk.clock.forward(hours=-1)
    release = desk.approve(number, by="ml@example.com")
    assert "live" == release["state"]
    assert release["undo"]["until"] > release["live_at"]
    assert desk.clock.now < datetime.fromisoformat(release["undo"]["until"])
    desk.undo(number, by=ON_CALL, or_none=True)
    check_invariants(desk.product)


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_F22_messages_go_out_though_the_clock_was_set(
    place: Place, secrets: dict[str, str], jump: timedelta
) -> None:
    """What was announced before the clock was set waits no longer than what is announced after."""
    assert 201 == place.ask(ACTIONS["promote"].order(secrets, "once")).status_code
    place.product.store.clock = lambda: datetime.now(UTC) + jump
    place.settle()
    assert 0 == place.pending()
