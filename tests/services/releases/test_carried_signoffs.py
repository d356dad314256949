"""Whom a sign-off goes with: the same text for the same people, while its giver has said nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.services.policies.changes import propose_settings, sign_settings
from prompts_admin.services.releases.preview import preview_proposal
from prompts_admin.services.releases.proposals import Ask, Proposal
from tests.support.cast import ADMIN, APPROVER, LAWYER, ON_CALL, SECOND, make_person
from tests.support.desk import AUDIENCES, POLICY, TRIAGE, Desk, shares
from tests.support.invariants import check_invariants

ADMIN2 = "admin2@example.com"
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """Version 2 has 10 % of beta, signed as `ml` for up to 100 %."""
    make_person(desk.product.store, ADMIN2, ("admin", "*"))
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    desk.promote(TRIAGE, to="beta", percent=10)
    return desk


def settle(desk: Desk, document: dict[str, Any], *, scope: str = "support") -> None:
    """Propose settings and sign them as those who decide about them."""
    change = desk.do(ADMIN, propose_settings, scope=scope, document=document)
    for signer in (SECOND, LAWYER) if scope else (ADMIN2,):
        if change["state"] == "proposed":
            change = desk.do(signer, sign_settings, change["number"], verdict="approve")
    assert "applied" == change["state"]


def raised(desk: Desk, percent: float = 100, **more: Any) -> dict[str, Any]:
    """Ask for a larger share as somebody who may change shares."""
    return desk.propose(f"{TRIAGE}@2", to="beta", percent=percent, by=ON_CALL, **more)


def held(release: dict[str, Any]) -> str:
    """Return what the check of the sign-offs says."""
    return str(next(check["detail"] for check in release["checks"] if check["name"] == "sign_off"))


CHANGES = {
    "the audience of beta": ("", {"audiences": {"beta": "everybody"}}),
    "what people are bucketed by": ("support", {"bucket_by": "account"}),
    "the policy of beta": (
        "support",
        {"policy": {**POLICY, "beta": {"sign_off": {"ml": 1}, "wait_hours": 1}}},
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_sign_off_for_one_audience_is_not_carried_to_another(signed: Desk, what: str) -> None:
    """Audience, bucketing or policy of the stage changed: the raise asks again and says why."""
    scope, document = CHANGES[what]
    settle(signed, document, scope=scope)
    asked = raised(signed)
    assert ("proposed", []) == (asked["state"], asked["signoffs"])
    assert f"{what} has changed since" in held(asked)
    assert held(asked) == held(signed.release(asked["number"]))
    assert shares((1, 2, 10)) == [signed.entry("beta", TRIAGE)]
    assert "Needs" in held(asked)


def test_the_raise_goes_live_once_it_was_signed_for_the_new_audience(signed: Desk) -> None:
    """And that sign-off is carried from then on."""
    settle(signed, {"audiences": {"beta": "everybody"}}, scope="")
    again = signed.approve(raised(signed, 20)["number"], by=APPROVER)
    assert "live" == again["state"]
    assert "live" == raised(signed, 50)["state"]
    check_invariants(signed.product, serving_settings=1)


def test_other_stages_and_the_same_again_leave_the_sign_off_in_force(signed: Desk) -> None:
    """What does not decide on the stage, or was put back, changes nothing about what was signed."""
    settle(signed, {"audiences": {"internal": "everybody"}}, scope="")
    settle(signed, {"policy": {**POLICY, "full": {"sign_off": {"product": 1}}}})
    settle(signed, {"audiences": {"beta": "everybody"}}, scope="")
    settle(signed, {"audiences": {"beta": AUDIENCES["beta"]}}, scope="")
    assert ("live", [APPROVER]) == (
        (release := raised(signed))["state"],
        [s["email"] for s in release["signoffs"]],
    )


def test_the_preview_says_it_before_anybody_proposes(signed: Desk) -> None:
    """The review names who will be asked, and why the sign-off that stands is not enough."""
    ask = Proposal("beta", (Ask(TRIAGE, 2, 50_000),))
    assert [] == signed.look(ON_CALL, preview_proposal, ask)["missing"]
    settle(signed, {"audiences": {"beta": "everybody"}}, scope="")
    found = signed.look(ON_CALL, preview_proposal, ask)
    assert ["ml"] == [owed["role"] for owed in found["missing"]]
    assert "the audience of beta has changed since" in held(found)
    assert "" == signed.look(SECOND, preview_proposal, ask)["raising"]


def test_a_refused_raise_is_not_live_on_the_second_asking(signed: Desk) -> None:
    """The yes for 10 % is not held against the no that its giver has said since; a new yes is."""
    first = raised(signed, 50, apply="manual")
    assert "approved" == first["state"]
    signed.refuse(first["number"], by=APPROVER, note="Complaints came in.")
    again = raised(signed, 50)
    assert ("proposed", []) == (again["state"], again["signoffs"])
    assert f"{APPROVER} said no in release {first['number']}" in held(again)
    assert "live" == signed.approve(again["number"], by=APPROVER)["state"]
    assert "live" == raised(signed, 100)["state"]


def test_a_sign_off_taken_back_from_a_raise_is_not_carried_into_the_next(signed: Desk) -> None:
    """Another share of the same text is the same question."""
    first = raised(signed, 50, apply="manual")
    signed.take_back(first["number"], by=APPROVER)
    again = raised(signed, 60)
    assert "proposed" == again["state"]
    assert f"{APPROVER} took it back in release {first['number']}" in held(again)


def test_a_no_to_another_text_or_stage_leaves_the_yes(signed: Desk) -> None:
    """Only the same text on the same stage is the same question."""
    signed.save(TRIAGE, "three")
    signed.promote(TRIAGE)
    signed.refuse(signed.propose(f"{TRIAGE}@3", to="beta")["number"], by=APPROVER)
    assert "live" == raised(signed)["state"]
