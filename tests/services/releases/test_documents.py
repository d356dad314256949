"""What pages ask about a release: what it would change, what the reader may do, what a rollback left."""

from __future__ import annotations

from typing import Any

from prompts_admin.services.artifacts.history import list_history
from prompts_admin.services.releases.permissions import rights_on
from prompts_admin.services.releases.preview import preview_proposal
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.rollback.report import aftermath
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, SECOND
from tests.support.desk import FAST, OTHER, REPLY, TRIAGE, Desk, refused


def _rights(desk: Desk, number: int, by: str) -> dict[str, Any]:
    return dict(desk.look(by, rights_on, number))


def test_a_preview_tells_what_a_proposal_then_is(desk: Desk) -> None:
    """Items, checks and signers are those of the release that is then proposed, and nothing was written."""
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="internal")
    before = desk.audited()
    told = desk.look(AUTHOR, preview_proposal, Proposal("beta", (Ask(TRIAGE, 1, 10_000),)))
    assert before == desk.audited()
    release = desk.propose(f"{TRIAGE}@1", to="beta", percent=10)
    for name in ("checks", "missing", "feature"):
        assert release[name] == told[name], name
    assert desk.release(release["number"])["comparisons"] == told["comparisons"]


def test_a_preview_is_refused_as_the_proposal_would_be(desk: Desk) -> None:
    """Rights and the order of stages hold for looking ahead too."""
    desk.save(TRIAGE, "Be kind.")
    with refused("stage_skipped"):
        desk.look(AUTHOR, preview_proposal, Proposal("full", (Ask(TRIAGE, 1),)))
    with refused("forbidden"):
        desk.look(LAWYER, preview_proposal, Proposal("internal", (Ask(TRIAGE, 1),)))


def test_rights_are_those_that_the_use_cases_have(desk: Desk) -> None:
    """Signers by role, authors barred, proposers withdraw, others read."""
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="beta")
    number = desk.propose(TRIAGE, to="full")["number"]
    assert ["product"] == _rights(desk, number, SECOND)["sign_as"]
    assert ["legal"] == _rights(desk, number, LAWYER)["sign_as"]
    assert (True, []) == (_rights(desk, number, AUTHOR)["barred"], _rights(desk, number, AUTHOR)["sign_as"])
    assert [] == _rights(desk, number, ADMIN)["sign_as"] == _rights(desk, number, APPROVER)["sign_as"]
    assert (True, False) == (
        _rights(desk, number, AUTHOR)["withdraw"],
        _rights(desk, number, LAWYER)["withdraw"],
    )
    desk.approve(number, by=LAWYER)
    assert ("approve", True) == tuple(_rights(desk, number, LAWYER)[n] for n in ("signed", "take_back"))


def test_putting_back_is_offered_while_there_is_something_to_put_back(desk: Desk) -> None:
    """To editors, and no longer once the release has been overtaken."""
    desk.save(OTHER, "Dear all")
    first = desk.promote(OTHER)
    desk.save(OTHER, "Dear both")
    second = desk.promote(OTHER)
    assert (False, False) == tuple(_rights(desk, first, ON_CALL)[n] for n in ("undo", "roll_back"))
    assert (True, True) == tuple(_rights(desk, second, ON_CALL)[n] for n in ("undo", "roll_back"))
    assert not _rights(desk, second, LAWYER)["undo"]


def test_the_aftermath_of_a_rollback_is_told_later_too(desk: Desk) -> None:
    """What went along, what the same release left, what still runs it, and what was switched off."""
    desk.save(FAST, provider="openai")
    desk.save(TRIAGE, "Be kind.", model=FAST)
    desk.climb(TRIAGE, up_to="internal")
    desk.save(FAST, provider="openai", name="smaller")
    desk.save(TRIAGE, "Be kind.", model=FAST, update_pins=True)
    desk.save(REPLY, "Hello.")
    release = desk.promote(TRIAGE, FAST, REPLY)
    answer = desk.rollback(f"{FAST}@2", or_none=True)
    told = desk.look(ADMIN, aftermath, answer["number"])
    assert answer["takes_along"] == told["takes_along"]
    assert answer["switched_off"] == told["switched_off"] == [{"stage": "internal", "key": FAST}]
    assert [(release, REPLY)] == [(row["release"], row["key"]) for row in told["left_behind"]]
    assert [] == told["still_serving"]
    assert [] == desk.look(ADMIN, aftermath, release)["takes_along"]


def test_what_keeps_serving_it_is_told(desk: Desk) -> None:
    """`only` leaves the prompts that contain it; they are named for as long as they do."""
    desk.save(FAST, provider="openai")
    desk.save(TRIAGE, "Be kind.", model=FAST)
    desk.promote(TRIAGE, FAST)
    number = desk.rollback(f"{FAST}@1", only=True, or_none=True)["number"]
    rows = desk.look(ADMIN, aftermath, number)["still_serving"]
    assert [{"stage": "internal", "key": TRIAGE, "version": 1}] == rows
    desk.save(TRIAGE, "Be kind.")
    desk.promote(TRIAGE)
    assert [] == desk.look(ADMIN, aftermath, number)["still_serving"]


def test_history_goes_on_where_a_page_ended_also_inside_of_a_release(desk: Desk) -> None:
    """Newest release first, its stages as on the ladder, every line once whatever the size of a page."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "two")
    desk.climb(TRIAGE)
    desk.rollback(f"{TRIAGE}@2")
    whole = desk.look(ADMIN, list_history, TRIAGE)["items"]
    assert ["internal", "beta", "full"] == [line["stage"] for line in whole[:3]]
    found, after = [], None
    while len(found) < len(whole):
        page = desk.look(ADMIN, list_history, TRIAGE, limit=2, after=after)
        found, after = [*found, *page["items"]], page["next"]
    assert (whole, None) == (found, after)
