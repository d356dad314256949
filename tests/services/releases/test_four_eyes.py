"""Nobody signs what they wrote, by whatever door they come."""

from __future__ import annotations

import pytest

from prompts_admin.domain.people.identity import ByToken
from prompts_admin.domain.stages import WHOLE
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.policies.changes import propose_settings, sign_settings
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.releases.signoffs import sign
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, SECOND, make_person
from tests.support.desk import TONE, TRIAGE, Desk, content, refused
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


def test_an_author_cannot_sign_through_another_role_token_or_pinned_snippet(desk: Desk) -> None:
    """Whoever wrote the snippet inside is an author; neither a second role nor any token helps."""
    make_person(desk.product.store, BOTH, ("admin", "*"), ("ml", "*"), ("legal", "*"))
    desk.save(TONE, "by both", kind="snippet", by=BOTH)
    desk.save(TRIAGE, "{{> support/tone}}")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta")["number"]
    for role in (None, "ml", "legal"):
        with refused("barred", says=f"{BOTH} wrote part of"):
            desk.approve(number, by=BOTH, role=role)
    own = token(desk, BOTH, name="own", role="viewer", user=BOTH)
    friends = token(desk, BOTH, name="friends", role="viewer", user=APPROVER)
    for identity in (own, friends):
        with refused("barred", says=BOTH):
            desk.product.do(identity, sign, None, number, verdict="approve")
    assert "live" == desk.approve(number, by=APPROVER)["state"]
    check_invariants(desk.product)


@SQLITE
def test_S25_proposer_and_authors_are_barred(desk: Desk) -> None:
    """Who wrote any version in between is barred too, administrators and all."""
    desk.save(TRIAGE, "one", by=SECOND)
    desk.save(TRIAGE, "two")
    desk.climb(f"{TRIAGE}@2", up_to="internal")
    number = desk.propose(TRIAGE, to="beta", by=ON_CALL)["number"]
    assert "live" == desk.approve(number, by=APPROVER)["state"]
    number = desk.propose(TRIAGE, to="full", by=ON_CALL)["number"]
    for author in (AUTHOR, SECOND):
        with refused("barred", says="wrote part of"):
            desk.approve(number, by=author)
    with refused("forbidden"):
        desk.approve(number, by=ADMIN)
    assert ["sign_off", "signers"] == [
        c["name"] for c in desk.release(number)["checks"] if c["outcome"] == "fail"
    ]


@SQLITE
def test_S25_one_person_signs_in_one_role(desk: Desk, asked: int) -> None:
    """Whoever holds both roles fills one; the other still asks for somebody else; they may change their mind."""
    make_person(desk.product.store, BOTH, ("viewer", "*"), ("product", "*"), ("legal", "*"))
    assert ["legal"] == [m["role"] for m in desk.approve(asked, by=BOTH, role="product")["missing"]]
    assert ["product"] == [m["role"] for m in desk.approve(asked, by=BOTH, role="legal")["missing"]]
    assert ["product"] == [m["role"] for m in desk.approve(asked, by=BOTH)["missing"]]
    assert "live" == desk.approve(asked, by=SECOND)["state"]


def test_a_token_signs_as_its_person_and_one_of_no_person_never(desk: Desk, asked: int) -> None:
    """What a token may not read it does not sign."""
    nobody = token(desk, ADMIN, name="robot", role="admin")
    with refused("forbidden", says="Only people sign"):
        desk.product.do(nobody, sign, None, asked, verdict="approve")
    elsewhere = token(desk, LAWYER, name="narrow", role="viewer", user=LAWYER, features=("elsewhere",))
    with refused("not_found"):
        desk.product.do(elsewhere, sign, None, asked, verdict="approve")
    own = token(desk, LAWYER, name="own", role="viewer", user=LAWYER)
    answer = desk.product.do(own, sign, None, asked, verdict="approve")
    assert [(LAWYER, "token own")] == [(s["email"], s["via"]) for s in answer["signoffs"]]


@SQLITE
def test_S25_nobody_signs_through_a_token_that_somebody_else_made(desk: Desk, asked: int) -> None:
    """A release or settings: with a token for each administrator and lawyer, one person would be all of them."""
    make_person(desk.product.store, BOTH, ("admin", "*"), ("legal", "*"))
    change = desk.do(ON_CALL, propose_settings, scope="support", document={"policy": {}})["number"]
    for person, role in ((LAWYER, "viewer"), (BOTH, "admin")):
        lent = token(desk, ADMIN, name=f"lent {role}", role=role, user=person, clearance="pii")
        with refused("forbidden", says=f"made by {ADMIN}"):
            desk.product.do(lent, sign, None, asked, verdict="approve")
        with refused("forbidden", says=f"made by {ADMIN}"):
            desk.product.do(lent, sign_settings, None, change, verdict="approve")


@SQLITE
def test_S25_who_made_a_token_is_the_author_of_what_it_saves(desk: Desk) -> None:
    """An administrator who saves or proposes by a token of no person cannot sign that."""
    make_person(desk.product.store, BOTH, ("admin", "*"), ("ml", "*"))
    robot = token(desk, BOTH, name="robot", role="editor")
    desk.product.do(robot, save, None, Save(TRIAGE, content=content("by the robot"), base=0))
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta")["number"]
    with refused("barred", says=BOTH):
        desk.approve(number, by=BOTH)
    assert [APPROVER] == desk.release(number)["missing"][0]["people"]


@SQLITE
@pytest.mark.parametrize("by_token", ["save", "propose"])
def test_S25_who_made_a_token_for_somebody_cannot_sign_what_it_did(desk: Desk, by_token: str) -> None:
    """An administrator may hold the secret of a token of another person; that person stays the author."""
    make_person(desk.product.store, BOTH, ("admin", "*"), ("ml", "*"))
    lent = token(desk, BOTH, name="lent", role="editor", user=AUTHOR)
    if by_token == "save":
        desk.product.do(lent, save, None, Save(TRIAGE, content=content("one"), base=0))
        desk.promote(TRIAGE)
        number = desk.propose(TRIAGE, to="beta", by=SECOND)["number"]
    else:
        desk.save(TRIAGE, "one", by=SECOND)
        desk.promote(TRIAGE)
        wanted = Proposal("beta", (Ask(TRIAGE, None, WHOLE, None),))
        number = desk.product.do(lent, propose, None, wanted)["number"]
    for barred in (BOTH, AUTHOR):
        with refused("barred"):
            desk.approve(number, by=barred)
    assert [APPROVER] == desk.release(number)["missing"][0]["people"]
    assert "live" == desk.approve(number, by=APPROVER)["state"]
