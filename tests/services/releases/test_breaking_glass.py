"""Break-glass: for DRI, on-call and administrators; marked for ever, and still asked about."""

from __future__ import annotations

import pytest

from prompts_admin.services.features.lifecycle import edit_feature
from prompts_admin.services.notifications.messages import notice_of
from tests.support.cast import ADMIN, AUTHOR, LAWYER, ON_CALL, SECOND
from tests.support.desk import TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_break_glass_is_for_dri_on_call_and_admin_and_stays_marked(desk: Desk) -> None:
    """It skips order and sign-offs; those are still asked for; DRI and roles are told."""
    desk.save(TRIAGE, "one", by=SECOND)
    for nobody in (SECOND, ON_CALL):
        with refused("forbidden", says="break the glass"):
            desk.propose(f"{TRIAGE}@1", to="full", by=nobody, break_glass="Fire")
    with refused("invalid"):
        desk.propose(f"{TRIAGE}@1", to="full", by=ADMIN, break_glass=" ")
    release = desk.propose(f"{TRIAGE}@1", to="full", by=ADMIN, break_glass="Fire")
    assert ("live", "Fire") == (release["state"], release["break_glass"])
    assert ["product", "legal"] == [entry["role"] for entry in release["missing"]]
    assert "break_glass" in desk.audited()
    assert "legal" not in [m["role"] for m in desk.approve(release["number"], by=LAWYER)["missing"]]
    check_invariants(desk.product)


@SQLITE
def test_a_dri_who_only_reads_may_break_the_glass(desk: Desk) -> None:
    """It is a right of the DRI, not of a role."""
    desk.save(TRIAGE, "one")
    desk.do(ADMIN, edit_feature, "support", {"dri": LAWYER})
    assert "live" == desk.propose(TRIAGE, by=LAWYER, break_glass="Fire")["state"]
    with refused("forbidden"):
        desk.propose(TRIAGE, to="beta", by=LAWYER)


@SQLITE
def test_dri_and_those_who_should_have_signed_are_told(desk: Desk) -> None:
    """Whoever did not sign hears of it by name."""
    desk.save(TRIAGE, "one", by=SECOND)
    desk.propose(f"{TRIAGE}@1", to="full", by=ADMIN, break_glass="Fire")
    payload = next(n for n in desk.notices() if n["event"] == "break_glass")
    notice = desk.look(ADMIN, notice_of, payload)
    assert {AUTHOR, LAWYER, ADMIN} <= set(notice.to)
    assert "GLASS BROKEN" in notice.title and "Fire" in notice.text
