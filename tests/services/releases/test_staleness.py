"""Stale: finally, in the transaction that causes it, and only for what a release is about."""

from __future__ import annotations

from functools import partial

import pytest

from prompts_admin.domain.releases.records import Change, Slot
from prompts_admin.domain.stages import EMPTY, Entry
from prompts_admin.services.policies.changes import propose_settings, sign_settings
from prompts_admin.services.rollback.report import aftermath
from prompts_admin.store.releases.live_versions import apply_changes
from tests.support.cast import ADMIN, APPROVER, LAWYER, ON_CALL, SECOND, make_person
from tests.support.desk import AUDIENCES, FAST, POLICY, REPLY, TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def open_one(desk: Desk) -> int:
    """A release of triage@1 to beta that waits for a signature; version 2 exists."""
    desk.save(TRIAGE, "one")
    desk.save(REPLY, "one")
    desk.promote(TRIAGE, REPLY)
    desk.save(TRIAGE, "two")
    return int(desk.propose(f"{TRIAGE}@1", to="beta")["number"])


def settle(desk: Desk, scope: str, document: dict[str, object]) -> None:
    """Change settings as a company does: proposed by on-call, signed by whoever is asked."""
    change = desk.do(ON_CALL if scope else ADMIN, propose_settings, scope=scope, document=document)
    for entry in change["missing"]:
        desk.do(entry["people"][0], sign_settings, change["number"], verdict="approve")


def test_another_release_at_the_same_place(desk: Desk, open_one: int) -> None:
    """It is closed at once, says why, and `--again` asks afresh."""
    desk.promote(TRIAGE)
    other = desk.propose(f"{TRIAGE}@2", to="beta")["number"]
    desk.approve(other, by=APPROVER)
    assert "stale" == desk.state(open_one)
    assert f"Release {other} changed {TRIAGE} on beta." == desk.release(open_one)["reason"]
    for closed in (desk.apply, desk.withdraw):
        with refused("not_open", says=f"promote --again {open_one}"):
            closed(open_one)
    assert {"event": "stale", "release": open_one} in desk.notices()
    assert "go_stale" in desk.audited()
    check_invariants(desk.product)


@pytest.mark.parametrize("apply", ["when_approved", "manual"])
@pytest.mark.parametrize(
    "there", [Entry(1), Entry(2), EMPTY, Entry(2, 1, 10_000), Entry(1, 2, 5_000)], ids=str
)
def test_what_changed_behind_its_back_is_seen_when_it_goes_live(desk: Desk, there: Entry, apply: str) -> None:
    """A table put right by hand closes no proposal; settled and candidate are compared again, shares are not."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    desk.promote(f"{TRIAGE}@1", to="beta")
    desk.promote(f"{TRIAGE}@2", to="beta", percent=10)
    number = desk.propose(f"{TRIAGE}@2", to="beta", percent=50, apply=apply)["number"]
    going_live = partial(desk.approve, number, by=APPROVER)
    if apply == "manual":
        going_live()
        going_live = partial(desk.apply, number)
    _put(desk, there)
    if there == Entry(1, 2, 5_000):
        assert "live" == going_live()["state"]
        return
    with refused("stale", says=f"promote --again {number}"):
        going_live()
    assert there == desk.entry("beta", TRIAGE)


@SQLITE
def test_other_artifacts_and_other_stages_do_not_matter(desk: Desk, open_one: int) -> None:
    """Neither another key on the same stage nor the same key on another one."""
    desk.promote(REPLY, to="beta")
    desk.promote(f"{TRIAGE}@2")
    desk.save(TRIAGE, "three")
    assert "proposed" == desk.state(open_one)


@SQLITE
def test_a_mark_on_what_it_asks_for(desk: Desk, open_one: int) -> None:
    """Rolled back on internal, it is no candidate for beta."""
    desk.rollback(f"{TRIAGE}@1", or_none=True)
    assert "stale" == desk.state(open_one)


def test_a_mark_on_what_it_contains(desk: Desk) -> None:
    """The model goes back on another feature's prompt; the proposal that pins it is stale in that moment."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one", model=FAST)
    desk.save(REPLY, "one", model=FAST)
    desk.promote(TRIAGE, REPLY)
    number = desk.propose(TRIAGE, to="beta")["number"]
    desk.rollback(f"{FAST}@1", or_none=True)
    assert "stale" == desk.state(number)
    assert "contains" in desk.release(number)["reason"]


@SQLITE
@pytest.mark.parametrize(
    ("scope", "document", "stale"),
    [
        ("support", {"policy": {**POLICY, "beta": {"sign_off": {"legal": 1}}}}, True),
        ("support", {"policy": {**POLICY, "internal": {"sign_off": {"ml": 1}}}}, False),
        ("support", {"bucket_by": "account"}, True),
        ("support", {"classification": "pii"}, False),
        ("elsewhere", {"bucket_by": "account"}, False),
        ("", {"audiences": {**AUDIENCES, "beta": "everybody"}}, True),
        ("", {"audiences": {**AUDIENCES, "internal": "everybody"}}, False),
    ],
    ids=[
        "policy",
        "other stage",
        "bucketing",
        "classification",
        "other feature",
        "audience",
        "other audience",
    ],
)
def test_settings_of_its_stage(
    desk: Desk, open_one: int, scope: str, document: dict[str, object], stale: bool
) -> None:
    """Policy, audience and bucketing of that stage count, and nothing else."""
    make_person(desk.product.store, "admin2@example.com", ("admin", "*"))
    settle(desk, scope, document)
    assert ("stale" if stale else "proposed") == desk.state(open_one)


@SQLITE
def test_a_settings_change_makes_others_of_its_scope_stale(desk: Desk) -> None:
    """What was compared with the old settings is proposed again."""
    first = desk.do(ON_CALL, propose_settings, scope="support", document={"bucket_by": "account"})
    second = desk.do(ON_CALL, propose_settings, scope="support", document={"bucket_by": "team"})
    for signer in (SECOND, LAWYER):
        desk.do(signer, sign_settings, first["number"], verdict="approve")
    with refused("not_open", says="is stale"):
        desk.do(LAWYER, sign_settings, second["number"], verdict="approve")
    assert {"event": "settings_stale", "settings": second["number"]} in desk.notices()


@SQLITE
def test_a_break_glass_at_the_place_makes_the_waiting_one_stale(desk: Desk, open_one: int) -> None:
    """The one that was skipped past cannot be signed afterwards."""
    desk.propose(f"{TRIAGE}@1", to="beta", by=ADMIN, break_glass="Fire")
    assert "stale" == desk.state(open_one)


@SQLITE
def test_a_rollback_tells_which_proposals_it_turns_stale(desk: Desk) -> None:
    """Before, in the plan; in its answer; and on its page at any later time, with the command to go on."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    waiting = desk.propose(f"{TRIAGE}@2", to="beta")["number"]
    told = [{"release": waiting, "stage": "beta", "command": f"prompts-admin promote --again {waiting}"}]
    assert told == desk.rollback(f"{TRIAGE}@2", dry_run=True)["turns_stale"]
    assert "proposed" == desk.state(waiting)
    done = desk.rollback(f"{TRIAGE}@2")
    assert ("stale", told) == (desk.state(waiting), done["turns_stale"])
    assert told == desk.look(ADMIN, aftermath, done["number"])["turned_stale"]


def _put(desk: Desk, there: Entry) -> None:
    """Write what triage has on beta without a release, as nothing in the program does."""
    with desk.product.store.write() as uow:
        change = Change("beta", TRIAGE, desk.entry("beta", TRIAGE), there)
        apply_changes(uow, [change], Slot(0, uow.now, ADMIN))
        uow.commit()
