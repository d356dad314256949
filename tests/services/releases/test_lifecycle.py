"""Proposing a release: previous stage first, whole or not at all, the same thing once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prompts_admin.domain.errors import NotFound
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER, SECOND, START
from tests.support.desk import OTHER, REPLY, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NAME = {"type": "string", "required": True}


def test_a_version_climbs_the_ladder(desk: Desk) -> None:
    """Internal at once, beta by one signature, full by two; each names who is still asked."""
    desk.save(TRIAGE, "one")
    assert "live" == desk.propose(TRIAGE)["state"]
    asked = desk.propose(TRIAGE, to="beta")
    assert ("proposed", [{"role": "ml", "count": 1, "people": [APPROVER]}]) == (
        asked["state"],
        asked["missing"],
    )
    assert "live" == desk.approve(asked["number"], by=APPROVER)["state"]
    asked = desk.propose(TRIAGE, to="full")
    assert [("product", [SECOND]), ("legal", [LAWYER])] == [
        (m["role"], m["people"]) for m in asked["missing"]
    ]
    assert "proposed" == desk.approve(asked["number"], by=SECOND)["state"]
    assert "live" == desk.approve(asked["number"], by=LAWYER)["state"]
    assert shares(1, 1, 1) == desk.stages(TRIAGE)
    check_invariants(desk.product)


@SQLITE
def test_S22_a_stage_is_not_skipped(desk: Desk) -> None:
    """Refused when proposed, with the command that comes first; a candidate before does not do either."""
    desk.save(TRIAGE, "one")
    for key in (TRIAGE, f"{TRIAGE}@1"):
        with refused("stage_skipped", says="First: prompts-admin promote support/triage"):
            desk.propose(key, to="beta")
    desk.promote(TRIAGE, percent=50)
    with refused("stage_skipped"):
        desk.propose(f"{TRIAGE}@1", to="beta")


@SQLITE
def test_an_artifact_is_named_once_however_its_key_is_written(desk: Desk) -> None:
    """With a dot it is the same one; of two features there are two releases."""
    desk.save(TRIAGE, "one")
    twice = Proposal("internal", (Ask("support.triage", 1, 10_000), Ask(TRIAGE, 1)))
    with refused("invalid", says="named twice"):
        desk.do(AUTHOR, propose, twice)
    with refused("invalid", says="belongs to one feature"):
        desk.do(AUTHOR, propose, Proposal("internal", (Ask("support.triage", 1), Ask(OTHER, 1))))


@SQLITE
def test_what_was_superseded_by_a_promotion_has_passed_and_what_was_rolled_back_has_not(desk: Desk) -> None:
    """Version 1 may still go to beta after 2 took its place; 2 may not after its rollback."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    assert "proposed" == desk.propose(f"{TRIAGE}@1", to="beta")["state"]
    desk.rollback(f"{TRIAGE}@2")
    with refused("stage_skipped"):
        desk.propose(f"{TRIAGE}@2", to="beta")


@SQLITE
def test_without_a_number_the_settled_version_of_the_stage_before_is_meant(desk: Desk) -> None:
    """Only the first stage takes the newest."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.save(TRIAGE, "two")
    assert 1 == desk.propose(TRIAGE, to="beta")["items"][0]["to"]
    assert 2 == desk.propose(TRIAGE)["items"][0]["to"]


def test_an_identical_open_proposal_is_returned(desk: Desk) -> None:
    """Asked for twice, by whomever, it is one release; another share is another release."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    first = desk.propose(TRIAGE, to="beta")
    again = desk.propose(TRIAGE, to="beta", by=SECOND, note="Me too")
    other = desk.propose(TRIAGE, to="beta", percent=10)
    assert (True, False, True) == (first["created"], again["created"], other["created"])
    assert first["number"] == again["number"] != other["number"]
    check_invariants(desk.product)


@SQLITE
@pytest.mark.parametrize(
    ("percent", "up_to"), [(0, None), (0.0001, None), (100.001, None), (-5, None), (20, 10), (20, 101)]
)
def test_a_share_is_from_a_thousandth_to_all(desk: Desk, percent: float, up_to: float | None) -> None:
    """And the ceiling lies between the share and all of it."""
    desk.save(TRIAGE, "one")
    with refused("invalid"):
        desk.propose(TRIAGE, percent=percent, up_to=up_to)


@SQLITE
def test_nothing_to_change_is_refused(desk: Desk) -> None:
    """Settled already, settled and asked for a share of, archived or unknown versions."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    for percent in (100, 10):
        with refused("nothing_changes"):
            desk.propose(f"{TRIAGE}@1", percent=percent)
    with refused("not_found"):
        desk.propose(f"{TRIAGE}@9")
    with refused("invalid"):
        desk.propose(TRIAGE, TRIAGE)
    with refused("invalid"):
        desk.propose(TRIAGE, to="moon")


def test_several_artifacts_go_live_whole_or_not_at_all(desk: Desk) -> None:
    """One number and one revision for both; one that cannot go holds the other."""
    desk.save(TRIAGE, "one")
    desk.save(REPLY, "one")
    number = desk.promote(TRIAGE, REPLY)
    assert ({"live"}, 2) == ({desk.state(number)}, len(desk.release(number)["items"]))
    desk.save(OTHER, "one", by=SECOND)
    with refused("invalid", says="belongs to one feature"):
        desk.propose(TRIAGE, OTHER)
    desk.promote(TRIAGE, to="beta")
    desk.save(REPLY, "two")
    with refused("stage_skipped", says="'support/reply@2'"):
        desk.propose(TRIAGE, f"{REPLY}@2", to="full")
    check_invariants(desk.product)


@SQLITE
def test_a_breaking_change_is_acknowledged_and_not_skipped_by_break_glass(desk: Desk) -> None:
    """Against what is served and what a rollback could serve again; break-glass does not spare it."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.save(TRIAGE, "two {{name}}", variables={"name": NAME})
    with refused("breaking_unacknowledged", says="'name' is required"):
        desk.propose(TRIAGE)
    with refused("breaking_unacknowledged"):
        desk.propose(TRIAGE, break_glass="Now!", by=ADMIN)
    assert "live" == desk.propose(TRIAGE, acknowledge=("breaking",))["state"]


@SQLITE
def test_breaking_is_held_against_whatever_a_rollback_could_settle(desk: Desk) -> None:
    """The type of a variable that two later versions did without still binds."""
    desk.save(TRIAGE, "{{name}}", variables={"name": {"type": "string"}})
    desk.promote(TRIAGE)
    for text in ("two", "three"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    desk.save(TRIAGE, "{{name}}", variables={"name": {"type": "integer"}})
    with refused("breaking_unacknowledged", says="must be integer"):
        desk.propose(TRIAGE)


@SQLITE
def test_applied_by_hand_or_at_a_time(desk: Desk) -> None:
    """Approved is not live until somebody applies it, or the time has come."""
    desk.save(TRIAGE, "one")
    by_hand = desk.propose(TRIAGE, apply="manual")
    assert "approved" == by_hand["state"]
    with refused("forbidden"):
        desk.apply(by_hand["number"], by=LAWYER)
    assert "live" == desk.apply(by_hand["number"], by=SECOND)["state"]
    desk.save(TRIAGE, "two")
    at = desk.propose(TRIAGE, apply="at", apply_at=START + timedelta(hours=1))
    assert "approved" == at["state"]
    with refused("invalid"):
        desk.propose(TRIAGE, apply="at")


@SQLITE
def test_S18_an_outsider_finds_nothing(desk: Desk) -> None:
    """Neither artifacts nor releases of a feature without rights exist for them."""
    desk.save(TRIAGE, "one")
    number = desk.promote(TRIAGE)
    with refused("not_found"):
        desk.propose(TRIAGE, by=OUTSIDER)
    for attempt in (desk.apply, desk.withdraw, desk.undo):
        with pytest.raises(NotFound):
            attempt(number, by=OUTSIDER)
    with pytest.raises(NotFound):
        desk.rollback(TRIAGE, by=OUTSIDER)


@SQLITE
def test_withdrawn_by_its_proposer_or_an_editor(desk: Desk) -> None:
    """A closed release stays closed."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta")["number"]
    with refused("forbidden"):
        desk.withdraw(number, by=LAWYER)
    assert "withdrawn" == desk.withdraw(number, by=AUTHOR)["state"]
    for closed in (desk.apply, desk.withdraw):
        with refused("not_open"):
            closed(number)
    with refused("not_open"):
        desk.approve(number, by=APPROVER)


@SQLITE
def test_a_share_of_the_stage_before_is_raised_first(desk: Desk) -> None:
    """Key alone or named: the refusal says what stands there at which share, and the command that raises it."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
    desk.climb(f"{TRIAGE}@1", up_to="beta")
    desk.promote(f"{TRIAGE}@1", to="full")
    desk.promote(f"{TRIAGE}@2")
    desk.promote(f"{TRIAGE}@2", to="beta", percent=10)
    for key in (TRIAGE, f"{TRIAGE}@2"):
        with refused("stage_skipped", says=f"prompts-admin promote {TRIAGE}@2 --to beta"):
            desk.propose(key, to="full")
    desk.promote(f"{TRIAGE}@2", to="beta", by=ON_CALL)
    assert "proposed" == desk.propose(TRIAGE, to="full")["state"]


@SQLITE
def test_an_unknown_key_names_the_one_that_was_meant(desk: Desk) -> None:
    """Only of what the asker may read."""
    desk.save(TRIAGE, "one")
    with refused("not_found", says=f"Did you mean '{TRIAGE}'?"):
        desk.propose("support/triag")
    with refused("not_found", says=f"Did you mean '{TRIAGE}'?"):
        desk.look(AUTHOR, show_version, "support/triagee", 1)
    with pytest.raises(NotFound) as caught:
        desk.look(OUTSIDER, show_version, "support/triag", 1)
    assert "Did you mean" not in str(caught.value)
