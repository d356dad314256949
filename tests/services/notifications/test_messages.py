"""What people are told, in words, and who."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.services.notifications.messages import RELEASE_TITLES, SETTINGS_TITLES, Notice, notice_of
from prompts_admin.services.policies.changes import propose_settings, sign_settings
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, SECOND
from tests.support.desk import TRIAGE, Desk

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def told(desk: Desk, event: str, *, nth: int = -1) -> Notice:
    """Return the last notice of an event, in words."""
    payloads = [payload for payload in desk.notices() if payload["event"] == event]
    notice: Any = desk.look(ADMIN, notice_of, payloads[nth])
    assert isinstance(notice, Notice)
    return notice


@pytest.fixture
def live(desk: Desk) -> Desk:
    """Version 1 on beta and 2 on internal."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    return desk


def test_who_shall_sign_is_asked_by_name_with_what_changes(live: Desk) -> None:
    """Title, change, note, who is needed and the link."""
    number = live.propose(TRIAGE, to="beta", percent=10, note="Please look")["number"]
    notice = told(live, "asked")
    assert ((APPROVER,), f"Release {number} asks for your sign-off") == (notice.to, notice.title)
    change, who = f"{TRIAGE} on beta: v1 -> v2 for 10 %", f"as ml: {APPROVER}"
    for part in (change, who, "Note: Please look", f"/releases/{number}"):
        assert part in notice.text


def test_what_goes_live_and_back_is_told_to_proposer_signers_and_owners(live: Desk) -> None:
    """A candidate that is taken away is named, not hidden behind what stays."""
    live.promote(TRIAGE, to="beta", percent=10, by=SECOND)
    assert {SECOND, APPROVER, AUTHOR} <= set(told(live, "go_live").to)
    live.rollback(f"{TRIAGE}@2", stages=("beta",))
    notice = told(live, "rolled_back")
    assert {AUTHOR, ON_CALL} <= set(notice.to)
    assert f"{TRIAGE} on beta: v2 at 10 % -> v1" in notice.text


def test_refusals_withdrawals_and_staleness_reach_the_proposer(live: Desk) -> None:
    """With the reason."""
    number = live.propose(TRIAGE, to="beta")["number"]
    live.refuse(number, by=APPROVER, note="Too rude.")
    assert AUTHOR in told(live, "refused").to
    assert "Reason: Too rude." in told(live, "refused").text
    number = live.propose(TRIAGE, to="beta")["number"]
    live.withdraw(number)
    assert AUTHOR in told(live, "withdrawn").to


def test_settings_changes_are_asked_for_and_told(desk: Desk) -> None:
    """Those who must sign first, then those who took part."""
    change = desk.do(ON_CALL, propose_settings, scope="support", document={"bucket_by": "account"})
    assert {SECOND, AUTHOR, LAWYER} == set(told(desk, "settings_asked").to)
    for signer in (SECOND, LAWYER):
        desk.do(signer, sign_settings, change["number"], verdict="approve")
    notice = told(desk, "settings_applied")
    assert {ON_CALL, SECOND, LAWYER} == set(notice.to)
    assert "account" in notice.text


def test_S29_what_people_wrote_stays_as_it_is(live: Desk) -> None:
    """Braces and percent signs of a note are text."""
    live.propose(TRIAGE, to="beta", note="%s {user.password} {0.__class__} {{7*7}}")
    assert "%s {user.password} {0.__class__} {{7*7}}" in told(live, "asked").text


def test_every_event_that_is_announced_has_words(live: Desk) -> None:
    """And what nobody knows has none."""
    live.undo(live.rollback(f"{TRIAGE}@2")["number"])
    for payload in live.notices():
        assert isinstance(live.look(ADMIN, notice_of, payload), Notice), payload
    assert live.look(ADMIN, notice_of, {"event": "moon"}) is None
    assert live.look(ADMIN, notice_of, {"event": "asked", "release": 99}) is None
    assert RELEASE_TITLES and SETTINGS_TITLES
