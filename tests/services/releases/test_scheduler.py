"""What time alone brings about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prompts_admin.domain.releases.records import State
from prompts_admin.services.notifications.inbox import waiting
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.releases.permissions import rights_on
from prompts_admin.services.releases.scheduler import tick
from prompts_admin.store.releases import releases
from tests.support.cast import APPROVER, AUTHOR, ON_CALL, START
from tests.support.desk import TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
AT = START + timedelta(hours=2)


@pytest.fixture
def timed(desk: Desk) -> int:
    """A release to beta for two hours from now that waits for a signature."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    return int(desk.propose(TRIAGE, to="beta", apply="at", apply_at=AT)["number"])


@pytest.mark.parametrize(
    ("minutes", "state"), [(119, "approved"), (120, "live"), (135, "live"), (135.1, "approved")]
)
def test_approved_it_goes_live_at_its_time_or_a_little_late(
    desk: Desk, timed: int, minutes: float, state: str
) -> None:
    """Up to 15 minutes after an outage; later it waits for a person."""
    desk.approve(timed, by=APPROVER)
    desk.clock.forward(minutes=minutes)
    tick(desk.product)
    assert state == desk.state(timed)
    tick(desk.product)
    if minutes > 135:
        assert timed in [release["number"] for release in desk.look(AUTHOR, waiting)["releases"]]
        assert f"apply {timed}" in desk.release(timed)["next"]
        assert "live" == desk.apply(timed)["state"]
    check_invariants(desk.product)


@SQLITE
def test_a_signature_after_the_time_waits_for_a_person(desk: Desk, timed: int) -> None:
    """The time was announced; whoever is late decides when."""
    desk.clock.forward(minutes=125)
    assert "approved" == desk.approve(timed, by=APPROVER)["state"]
    assert 0 == tick(desk.product)
    assert "live" == desk.apply(timed)["state"]


@SQLITE
def test_F22_a_schedule_fires_once_whatever_the_clock_does(desk: Desk, timed: int) -> None:
    """Back and forth across its time."""
    desk.approve(timed, by=APPROVER)
    for minutes in (121, -60, 61, -10, 20):
        desk.clock.forward(minutes=minutes)
        tick(desk.product)
    assert 1 == sum(n["event"] == "go_live" and n["release"] == timed for n in desk.notices())
    check_invariants(desk.product)


@SQLITE
def test_waits_end_and_freezes_hold(desk: Desk) -> None:
    """A wait on the stage before ends by itself; a freeze takes an approval back until it is over."""
    begins, ends = (START + timedelta(hours=h) for h in (30, 40))
    freeze = {"from": begins.isoformat(), "to": ends.isoformat(), "reason": "Holidays"}
    policy = {"policy": {"beta": {"wait_hours": 24, "freezes": [freeze]}}}
    desk.do(ON_CALL, propose_settings, scope="elsewhere", document=policy)
    desk.save("elsewhere/letter", "one")
    desk.promote("elsewhere/letter")
    first = desk.propose("elsewhere/letter", to="beta", percent=50)["number"]
    by_hand = desk.propose("elsewhere/letter", to="beta", percent=20, apply="manual")["number"]
    desk.clock.forward(hours=23)
    assert 0 == tick(desk.product)
    desk.clock.forward(hours=1)
    assert 1 <= tick(desk.product)
    assert ("live", "stale") == (desk.state(first), desk.state(by_hand))
    raised = desk.propose("elsewhere/letter@1", to="beta", percent=60, apply="manual")["number"]
    assert "approved" == desk.state(raised)
    desk.clock.forward(hours=8)
    tick(desk.product)
    assert ("proposed", "Holidays" in desk.release(raised)["next"]) == (desk.state(raised), True)
    assert {"time_proposed"} <= set(desk.audited())
    desk.clock.forward(hours=10)
    tick(desk.product)
    assert "approved" == desk.state(raised)
    check_invariants(desk.product)


@SQLITE
def test_who_does_not_answer_is_asked_again_once_a_day(desk: Desk, timed: int) -> None:
    """And no more once they did."""

    def asked() -> int:
        return sum(n["event"] == "unanswered" for n in desk.notices())

    counts = []
    for hours in (23, 2, 1, 22, 3):
        desk.clock.forward(hours=hours)
        tick(desk.product)
        counts.append(asked())
    assert [0, 1, 1, 1, 2] == counts
    assert [APPROVER] == next(n for n in desk.notices() if n["event"] == "unanswered")["to"]
    desk.approve(timed, by=APPROVER)
    desk.clock.forward(hours=30)
    tick(desk.product)
    assert 2 == asked()


@SQLITE
def test_the_clock_sees_every_open_release_and_writes_nothing_for_those_that_stay(desk: Desk) -> None:
    """Also behind two hundred that wait for something else."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    waiting_one = desk.propose(TRIAGE, to="beta", apply="manual")["number"]
    with desk.product.store.write() as uow:
        release = releases.find_releases(uow.connection, [waiting_one])[waiting_one]
        items = releases.items_of(uow.connection, [waiting_one])[waiting_one]
        for _ in range(205):
            number = uow.next_release()
            state = State(number, "proposed", uow.now, AUTHOR)
            releases.insert_release(uow, replace(release, number=number), items, state)
        uow.commit()
    desk.save(TRIAGE, "two")
    last = desk.propose(TRIAGE, apply="at", apply_at=AT)["number"]
    desk.clock.forward(hours=2)
    assert (1, "live") == (tick(desk.product), desk.state(last))
    before = len(desk.audited())
    assert (0, before) == (tick(desk.product), len(desk.audited()))


@SQLITE
def test_nobody_applies_what_was_signed_for_a_time_before_it(desk: Desk, timed: int) -> None:
    """Whoever needs it sooner proposes it anew, and it is signed for that."""
    desk.approve(timed, by=APPROVER)
    assert not desk.look(AUTHOR, rights_on, timed)["apply"]
    with refused("too_early", says="2026-03-02 11:00 UTC"):
        desk.apply(timed)
    desk.clock.forward(minutes=136)
    assert desk.look(AUTHOR, rights_on, timed)["apply"]
    assert "live" == desk.apply(timed)["state"]
