"""Signing: four eyes, one role each, and a sign-off counts only while everything about it holds."""

from __future__ import annotations

import pytest

from prompts_admin.domain.people.identity import ByToken
from prompts_admin.services.notifications.inbox import waiting
from prompts_admin.services.people.accounts import disable_user
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.releases.lifecycle import withdraw
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, SECOND, make_person
from tests.support.desk import TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
BOTH = "both@example.com"


@pytest.fixture
def asked(desk: Desk) -> int:
    """The number of a release to full by the author that waits for product and legal."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    return int(desk.propose(TRIAGE, to="full")["number"])


def token(desk: Desk, by: str, **fields: object) -> ByToken:
    """Return the identity of a new token."""
    made = desk.do(by, create_token, TokenRequest(**{"name": "a token", "clearance": "pii", **fields}))  # type: ignore[arg-type]
    return ByToken(made["id"])


def test_two_roles_sign_and_it_goes_live(desk: Desk, asked: int) -> None:
    """Signing twice changes nothing; what each signed is in the audit."""
    desk.approve(asked, by=LAWYER)
    again = desk.approve(asked, by=LAWYER)
    assert [(LAWYER, "legal", True)] == [(s["email"], s["role"], s["counts"]) for s in again["signoffs"]]
    assert "live" == desk.approve(asked, by=SECOND)["state"]
    assert ["approve", "approve", "promotion"] == desk.audited()[-3:]
    check_invariants(desk.product)


@SQLITE
def test_a_role_is_granted_and_never_typed_in(desk: Desk, asked: int) -> None:
    """A role that one does not hold, or that is not asked for, is refused."""
    with refused("forbidden", says="as 'legal'"):
        desk.approve(asked, by=SECOND, role="legal")
    with refused("forbidden", says="no role of yours"):
        desk.approve(asked, by=APPROVER)


def test_one_refusal_closes_the_release(desk: Desk, asked: int) -> None:
    """It needs a reason, and nothing opens it again but a proposal afresh, with note and discussion."""
    from prompts_admin.services.releases.lifecycle import comment

    with refused("invalid", says="needs a reason"):
        desk.refuse(asked, by=LAWYER, note=" ")
    desk.do(LAWYER, comment, asked, "What about section 3?")
    assert "refused" == desk.refuse(asked, by=LAWYER, note="Section 3 is missing.")["state"]
    with refused("not_open"):
        desk.approve(asked, by=SECOND)
    again = desk.propose(to="", again=asked)
    assert ("proposed", asked, []) == (again["state"], again["again_of"], again["signoffs"])
    assert "What about section 3?" in [event["text"] for event in desk.release(again["number"])["events"]]
    check_invariants(desk.product)


@SQLITE
def test_a_sign_off_is_taken_back_until_live(desk: Desk, asked: int) -> None:
    """Taken back it is missing again; once live there is only undo."""
    desk.approve(asked, by=LAWYER)
    assert 2 == len(desk.take_back(asked, by=LAWYER)["missing"])
    with refused("nothing_changes"):
        desk.take_back(asked, by=SECOND)
    for signer in (LAWYER, SECOND):
        desk.approve(asked, by=signer)
    with refused("not_open"):
        desk.take_back(asked, by=LAWYER)


@SQLITE
def test_taking_back_holds_what_was_approved(desk: Desk) -> None:
    """A release that waits for `apply` is a proposal again."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta", apply="manual")["number"]
    assert "approved" == desk.approve(number, by=APPROVER)["state"]
    assert "proposed" == desk.take_back(number, by=APPROVER)["state"]
    with refused("check_failed"):
        desk.apply(number)


@SQLITE
def test_F41_the_sign_off_of_somebody_who_left_does_not_count(desk: Desk) -> None:
    """Disabled or without the role, also when it was approved already: `apply` looks again."""
    make_person(desk.product.store, "ml2@example.com", ("viewer", "*"), ("ml", "*"))
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta", apply="manual")["number"]
    desk.approve(number, by="ml2@example.com")
    desk.do(ADMIN, disable_user, "ml2@example.com")
    with refused("check_failed", says="1 more as ml"):
        desk.apply(number)
    assert not desk.release(number)["signoffs"][0]["counts"]


@SQLITE
def test_nobody_who_could_sign_is_a_failing_check(desk: Desk, asked: int) -> None:
    """Waiting would not help, so it says what would."""
    from prompts_admin.store.people.grants import delete_grant

    with desk.product.store.write() as uow:
        delete_grant(uow.connection, LAWYER, role="legal", feature="*")
        uow.commit()
    check = next(c for c in desk.release(asked)["checks"] if c["name"] == "signers")
    assert ("fail", True) == (check["outcome"], "Nobody active can sign as legal" in check["detail"])


@SQLITE
def test_a_token_that_only_reads_does_not_withdraw(desk: Desk, asked: int) -> None:
    """Not even what its person proposed."""
    reading = token(desk, AUTHOR, name="reading", role="viewer", user=AUTHOR)
    with refused("forbidden"):
        desk.product.do(reading, withdraw, None, asked)


@SQLITE
def test_who_is_asked_finds_it_waiting(desk: Desk, asked: int) -> None:
    """Until they signed; what went live by break-glass waits for its signatures too."""
    desk.save("support/other", "one")
    broken = desk.propose("support/other@1", to="full", by=ADMIN, break_glass="Fire")["number"]

    def mine(email: str) -> list[int]:
        return [release["number"] for release in desk.look(email, waiting)["releases"]]

    assert [asked, broken] == mine(LAWYER)
    for number in (asked, broken):
        desk.approve(number, by=LAWYER)
    assert [] == mine(LAWYER)
    assert [] == mine(APPROVER)
