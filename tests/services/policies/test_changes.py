"""Who is served and who must sign changes by the sign-off of those who decide about it now."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.people.identity import ByToken
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.policies.changes import (
    apply_settings,
    propose_settings,
    sign_settings,
    undo_settings,
    withdraw_settings,
)
from prompts_admin.services.policies.lists import current_settings, settings_since
from tests.support.cast import ADMIN, AUTHOR, LAWYER, ON_CALL, OUTSIDER, SECOND, make_person
from tests.support.desk import AUDIENCES, POLICY, TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ADMIN2 = "admin2@example.com"
WEAK: dict[str, Any] = {"policy": {"beta": {}, "full": {}}}
OPEN = {"audiences": {**AUDIENCES, "internal": "everybody"}}


def propose(
    desk: Desk, document: dict[str, Any], *, scope: str = "support", by: str = ON_CALL
) -> dict[str, Any]:
    """Propose a change of settings."""
    return dict(desk.do(by, propose_settings, scope=scope, document=document))


def sign(desk: Desk, number: int, by: str, **more: Any) -> dict[str, Any]:
    """Sign it."""
    return dict(desk.do(by, sign_settings, number, **{"verdict": "approve", **more}))


def current(desk: Desk, scope: str = "support") -> dict[str, Any]:
    """Return the document in force."""
    return dict(desk.look(ADMIN, current_settings, scope)["document"])


def test_a_policy_or_audience_cannot_be_weakened_without_the_old_policys_signoff(desk: Desk) -> None:
    """The roles of the old last stage sign, administrators too are only asked where the policy names them."""
    change = propose(desk, WEAK, by=ADMIN)
    assert ("proposed", {"product", "legal"}) == (change["state"], {m["role"] for m in change["missing"]})
    with refused("barred"):
        sign(desk, change["number"], ADMIN)
    with refused("forbidden"):
        sign(desk, change["number"], ON_CALL)
    with refused("check_failed", says="1 more as"):
        desk.do(ON_CALL, apply_settings, change["number"])
    assert "proposed" == sign(desk, change["number"], SECOND)["state"]
    assert POLICY == current(desk)["policy"]
    assert "applied" == sign(desk, change["number"], LAWYER)["state"]
    assert {} == current(desk)["policy"]
    audience = propose(desk, OPEN, scope="", by=ADMIN)
    assert ("proposed", [("admin", 1)]) == (
        audience["state"],
        [(m["role"], m["count"]) for m in audience["missing"]],
    )
    make_person(desk.product.store, ADMIN2, ("admin", "*"))
    assert "applied" == sign(desk, audience["number"], ADMIN2)["state"]
    check_invariants(desk.product, serving_settings=1)


def test_what_is_served_changes_with_the_revision_and_policies_leave_it(desk: Desk) -> None:
    """Bucketing and audiences raise it; policy does not; the live snapshot follows."""
    before = desk.product.live.current().revision
    change = propose(desk, {"bucket_by": "account"})
    for signer in (SECOND, LAWYER):
        sign(desk, change["number"], signer)
    live = desk.product.live.current()
    assert (before + 1, "account") == (live.revision, live.bucket_by["support"])
    change = propose(desk, {"policy": {}})
    for signer in (SECOND, LAWYER):
        sign(desk, change["number"], signer)
    assert before + 1 == desk.product.live.current().revision
    check_invariants(desk.product, serving_settings=1)


def test_undone_in_one_step_while_nothing_came_after(desk: Desk) -> None:
    """Within 24 hours, and the undo can be undone."""
    first = propose(desk, {"policy": {"full": {"sign_off": {"ml": 1}}}}, scope="elsewhere")
    assert "applied" == first["state"]
    second = desk.do(ON_CALL, undo_settings, first["number"])
    assert ("applied", first["number"], {}) == (
        second["state"], second["undo_of"], current(desk, "elsewhere")["policy"]
    )  # fmt: skip
    with refused("undo_refused"):
        desk.do(ON_CALL, undo_settings, first["number"])
    desk.do(ON_CALL, undo_settings, second["number"])
    assert {"full": {"sign_off": {"ml": 1}}} == current(desk, "elsewhere")["policy"]
    desk.clock.forward(hours=25)
    with refused("undo_refused"):
        desk.do(ON_CALL, undo_settings, 3)


@SQLITE
def test_in_a_demo_one_administrator_is_enough(desk: Desk) -> None:
    """The one who proposes."""
    with desk.product.store.write() as uow:
        uow.change_head(demo=True)
        uow.commit()
    assert "applied" == propose(desk, OPEN, scope="", by=ADMIN)["state"]


@SQLITE
def test_one_administrator_is_not_two_by_a_token_made_for_the_other(desk: Desk) -> None:
    """Its maker may hold it, and so cannot sign what it proposes; one that only reads signs nothing."""
    make_person(desk.product.store, ADMIN2, ("admin", "*"))
    request = TokenRequest(name="theirs", role="releaser", user=ADMIN2, clearance="pii")
    token = ByToken(desk.do(ADMIN, create_token, request)["id"])
    change = desk.product.do(token, propose_settings, None, scope="", document=OPEN)
    for barred in (ADMIN, ADMIN2):
        with refused("barred"):
            sign(desk, change["number"], barred)
    other = propose(desk, {"audiences": {**AUDIENCES, "beta": "everybody"}}, scope="", by=ADMIN2)
    reading = TokenRequest(name="reading", role="viewer", user=ADMIN, clearance="pii")
    token = ByToken(desk.do(ADMIN, create_token, reading)["id"])
    with refused("forbidden"):
        desk.product.do(token, sign_settings, None, other["number"], verdict="approve")


@SQLITE
def test_raising_a_classification_asks_nobody_and_lowering_asks_the_policy(desk: Desk) -> None:
    """More protection is free; together with something else it is not."""
    assert "applied" == propose(desk, {"classification": "pii"})["state"]
    assert "proposed" == propose(desk, {"classification": "public"})["state"]
    assert "proposed" == propose(desk, {"classification": "pii", "policy": {}})["state"]


@SQLITE
def test_proposing_the_same_again_returns_it_and_nothing_new_is_refused(desk: Desk) -> None:
    """As with releases."""
    first = propose(desk, WEAK)
    assert first["number"] == propose(desk, WEAK, by=ADMIN)["number"]
    with refused("nothing_changes"):
        propose(desk, {"policy": POLICY})
    with refused("invalid"):
        propose(desk, {"policy": {"moon": {}}})
    with refused("not_found"):
        propose(desk, WEAK, scope="no-such", by=ADMIN)


@SQLITE
def test_refused_or_withdrawn_it_is_closed(desk: Desk) -> None:
    """A refusal gives its reason; a proposer withdraws; rights are asked for."""
    change = propose(desk, WEAK)["number"]
    with refused("invalid"):
        sign(desk, change, LAWYER, verdict="refuse")
    assert "refused" == sign(desk, change, LAWYER, verdict="refuse", note="No.")["state"]
    other = propose(desk, WEAK)["number"]
    with refused("forbidden"):
        desk.do(AUTHOR, withdraw_settings, other)
    with refused("not_found"):
        desk.do(OUTSIDER, withdraw_settings, other)
    assert "withdrawn" == desk.do(ON_CALL, withdraw_settings, other)["state"]
    with refused("not_open"):
        sign(desk, other, LAWYER)
    with refused("forbidden"):
        propose(desk, WEAK, by=AUTHOR)


@SQLITE
def test_a_stronger_policy_holds_what_was_proposed_before(desk: Desk) -> None:
    """The release that needed nobody is stale, and the new one asks."""
    desk.save(TRIAGE, "one")
    waiting = desk.propose(TRIAGE, apply="manual")["number"]
    change = propose(desk, {"policy": {**POLICY, "internal": {"sign_off": {"ml": 1}}}})
    for signer in (SECOND, LAWYER):
        sign(desk, change["number"], signer)
    assert "stale" == desk.state(waiting)
    assert ["ml"] == [m["role"] for m in desk.propose(TRIAGE)["missing"]]


@SQLITE
def test_what_was_made_from_other_settings_is_refused_when_it_says_so(desk: Desk) -> None:
    """Only on the version that is in force; who names none keeps working, and a refusal names who and what."""
    raised = desk.do(ADMIN, propose_settings, scope="elsewhere", document={"classification": "pii"})
    wanted = {"scope": "elsewhere", "document": {"policy": {}, "classification": "public"}}
    with refused("expectation_failed", says=ADMIN) as found:
        desk.do(ON_CALL, propose_settings, **wanted, base=1)
    assert {"current": 2, "base": 1, "change": raised["number"]} == found[0].members
    with refused("expectation_failed"):
        desk.do(ON_CALL, propose_settings, **wanted, base=3)
    assert "pii" == current(desk, "elsewhere")["classification"]
    assert "applied" == desk.do(ON_CALL, propose_settings, **wanted, base=2)["state"]
    since = desk.look(ON_CALL, settings_since, "elsewhere", 1)
    assert (3, [ADMIN, ON_CALL]) == (since["version"], [change["by"] for change in since["changes"]])
