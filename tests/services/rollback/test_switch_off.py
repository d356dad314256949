"""Nobody loses an answer by putting back, unless somebody says so: what stays on, and how it goes all the same."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.services.rollback.affected_versions import RunningVersion
from prompts_admin.services.rollback.report import aftermath, still_on
from tests.services.releases.test_staleness import settle
from tests.support.cast import ADMIN, ON_CALL, OUTSIDER, make_person
from tests.support.desk import AUDIENCES, FAST, OTHER, REPLY, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PROMPTS = [f"support/p{number}" for number in range(1, 13)]


@pytest.fixture
def restored(desk: Desk) -> int:
    """v1 everywhere; v2 to internal, a moment later to beta, v3 to internal; the restore of that moment."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    moment = desk.clock.now
    desk.clock.forward(hours=1)
    desk.promote(TRIAGE, to="beta")
    desk.save(TRIAGE, "three")
    desk.promote(TRIAGE)
    desk.clock.forward(hours=1)
    done = desk.restore(feature="support", at=moment)
    assert shares(2, 1, 1) == desk.stages(TRIAGE)
    return int(done["number"])


@pytest.fixture
def new(desk: Desk) -> Desk:
    """Version 1, the first of all, on internal and beta."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    return desk


@pytest.fixture
def model(desk: Desk) -> Desk:
    """Twelve prompts on internal that pin a bad model in their second version, the last one in its first."""
    desk.save(FAST, name="small", provider="openai")
    for key in PROMPTS[:-1]:
        desk.save(key, "text", model=FAST)
    desk.promote(*PROMPTS[:-1])
    desk.save(FAST, name="bad", provider="openai")
    for key in PROMPTS:
        desk.save(key, "text", model=FAST, update_pins=True)
    desk.promote(*PROMPTS)
    return desk


@SQLITE
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_a_restore_put_in_place_goes_by_its_undo(desk: Desk, restored: int, dry_run: bool) -> None:
    """Not as if it had been bad, which left beta with nothing; the plan and the act say the same."""
    with refused("undo_instead", says=f"Release {restored} is a restore") as found:
        desk.rollback(release=restored, dry_run=dry_run)
    assert [f"prompts-admin undo {restored}"] == found[0].members["commands"]
    assert (409, 1) == (found[0].status, found[0].exit_code)
    assert shares(2, 1, 1) == desk.stages(TRIAGE)
    desk.undo(restored)
    assert shares(3, 2, 1) == desk.stages(TRIAGE)


@SQLITE
def test_where_it_cannot_be_undone_the_versions_are_named(desk: Desk, restored: int) -> None:
    """Ready commands for what of it still stands; a viewer and an outsider are told what they always are."""
    desk.clock.forward(hours=25)
    with refused("undo_instead", says="cannot be undone any more") as found:
        desk.rollback(release=restored)
    named = [f"prompts-admin rollback {TRIAGE}@{v} --stage {s}" for v, s in ((1, "beta"), (2, "internal"))]
    assert named == sorted(found[0].members["commands"])
    with refused("not_found"):
        desk.rollback(release=restored, by=OUTSIDER)
    desk.rollback(f"{TRIAGE}@1", stages=("beta",))
    desk.rollback(f"{TRIAGE}@2", stages=("internal",))
    assert shares(3, 2, 1) == desk.stages(TRIAGE)
    with refused("not_live", says=f"Nothing of release {restored}"):
        desk.rollback(release=restored)


@SQLITE
def test_what_an_undo_or_a_rollback_put_in_place_goes_by_its_undo_too(new: Desk) -> None:
    """One reason for all three: they put back what worked."""
    new.save(TRIAGE, "two")
    undone = new.undo(new.promote(TRIAGE))["number"]
    with refused("undo_instead", says=f"Release {undone} is an undo"):
        new.rollback(release=undone)
    new.undo(undone)
    back = new.rollback(f"{TRIAGE}@2")["number"]
    with refused("undo_instead", says=f"prompts-admin undo {back}"):
        new.rollback(release=back)
    assert shares(1, 1, None) == new.stages(TRIAGE)


def test_what_has_nothing_to_go_back_to_stays_on_until_somebody_says_none(new: Desk) -> None:
    """Refused with the command that does it, as a plan too; the command does just that, and an undo gives it back."""
    for dry_run in (True, False):
        with refused("would_switch_off", says=f"prompts-admin rollback {TRIAGE}@1 --or-none") as found:
            new.rollback(TRIAGE, dry_run=dry_run)
        assert [("beta", 1), ("internal", 1)] == sorted(
            (row["stage"], row["version"]) for row in found[0].members["left_on"]
        )
    assert (shares(1, 1, None), set()) == (new.stages(TRIAGE), new.marked(TRIAGE))
    done = new.rollback(f"{TRIAGE}@1", or_none=True)
    assert (shares(None, None, None), {TRIAGE}) == (new.stages(TRIAGE), new.marked(TRIAGE))
    assert [] == done["left_on"] and done["switch_off"] is None
    new.undo(done["number"])
    assert shares(1, 1, None) == new.stages(TRIAGE)
    check_invariants(new.product)


@SQLITE
def test_what_can_go_back_goes_and_what_stays_is_named_first(new: Desk) -> None:
    """Version 2 has 1 behind it on internal and beta, and nothing on full; the second command takes only full."""
    new.save(TRIAGE, "two")
    new.climb(TRIAGE)
    plan = new.rollback(f"{TRIAGE}@2", dry_run=True)
    done = new.rollback(f"{TRIAGE}@2")
    assert shares(1, 1, 2) == new.stages(TRIAGE)
    assert "left_on" == next(iter(done))
    command = f"prompts-admin rollback {TRIAGE}@2 --or-none"
    for answer in (plan, done):
        assert [{"stage": "full", "key": TRIAGE, "version": 2}] == answer["left_on"]
        assert ({"command": command}, []) == (answer["switch_off"], answer["switched_off"])
    assert ["beta", "internal"] == sorted(change["stage"] for change in plan["changes"])
    assert [RunningVersion(TRIAGE, 2, "full")] == new.look(ON_CALL, still_on, done["number"])
    more = new.rollback(f"{TRIAGE}@2", or_none=True)
    assert shares(1, 1, None) == new.stages(TRIAGE)
    assert [{"stage": "full", "key": TRIAGE}] == more["switched_off"]
    assert [] == new.look(ON_CALL, still_on, done["number"])
    check_invariants(new.product)


@SQLITE
def test_what_somebody_else_signed_again_is_not_left_on_any_more(new: Desk) -> None:
    """The mark is lifted, so the page of the rollback offers to take away nothing."""
    new.save(TRIAGE, "two")
    new.climb(TRIAGE)
    number = new.rollback(f"{TRIAGE}@2")["number"]
    again = new.propose(f"{TRIAGE}@2")["number"]
    new.approve(again, by="legal@example.com")
    assert (set(), shares(2, 1, 2)) == (new.marked(TRIAGE), new.stages(TRIAGE))
    assert [] == new.look(ON_CALL, still_on, number)


@SQLITE
def test_of_a_release_too(new: Desk) -> None:
    """One of its two artifacts is new: it stays, for its stage alone the command switches it off."""
    new.save(TRIAGE, "two")
    new.save(REPLY, "first")
    number = new.promote(TRIAGE, REPLY)
    done = new.rollback(release=number)
    assert (shares(1, 1, None), shares(1, None, None)) == (new.stages(TRIAGE), new.stages(REPLY))
    assert f"prompts-admin rollback {REPLY}@1 --stage internal --or-none" == done["switch_off"]["command"]
    assert [] == done["left_behind"]
    # It was named as bad, so it goes nowhere else unsigned though it still is served.
    assert {TRIAGE, REPLY} == new.marked(TRIAGE, REPLY)
    new.rollback(f"{REPLY}@1", stages=("internal",), or_none=True)
    assert shares(None, None, None) == new.stages(REPLY)


@SQLITE
def test_going_on_to_a_wider_stage_is_no_switching_off(new: Desk) -> None:
    """Who is on internal gets what everybody gets; told as such at any time, and so is what really is off."""
    new.promote(TRIAGE, to="full")
    new.rollback(f"{TRIAGE}@1", stages=("internal",), to="none")
    new.save(TRIAGE, "two")
    new.promote(TRIAGE)
    done = new.rollback(f"{TRIAGE}@2", to="none")
    assert ([], []) == (done["left_on"], done["switched_off"])
    assert shares(None, 1, 1) == new.stages(TRIAGE)
    off = new.rollback(f"{TRIAGE}@1", to="none")
    assert [{"stage": s, "key": TRIAGE} for s in ("beta", "full")] == off["switched_off"]
    assert off["switched_off"] == new.look(ADMIN, aftermath, off["number"])["switched_off"]
    assert [] == new.look(ADMIN, aftermath, done["number"])["switched_off"]


@SQLITE
def test_a_bad_model_with_twelve_prompts_one_of_them_new(model: Desk) -> None:
    """Eleven are back after one press, the new one goes on; the second press takes it and nothing else."""
    done = model.rollback(f"{FAST}@2")
    assert [shares(1, None, None)] * 11 == [model.stages(key) for key in PROMPTS[:-1]]
    assert shares(1, None, None) == model.stages(PROMPTS[-1])
    assert [{"stage": "internal", "key": PROMPTS[-1], "version": 1}] == done["left_on"]
    assert (11, {FAST}) == (len(done["takes_along"]), model.marked(FAST, PROMPTS[-1]))
    assert f"prompts-admin rollback {FAST}@2 --or-none" == done["switch_off"]["command"]
    with refused("would_switch_off", says=PROMPTS[-1]):
        model.rollback(f"{FAST}@2")
    more = model.rollback(f"{FAST}@2", or_none=True)
    assert shares(None, None, None) == model.stages(PROMPTS[-1])
    assert [{"stage": "internal", "key": PROMPTS[-1]}] == more["switched_off"]
    assert [PROMPTS[-1]] == [item["key"] for item in more["items"]]
    model.undo(more["number"])
    model.undo(done["number"])
    assert (shares(1, None, None), set()) == (model.stages(PROMPTS[-1]), model.marked(FAST, *PROMPTS))
    check_invariants(model.product)


@SQLITE
def test_what_one_may_not_roll_back_is_no_business_of_the_second_press(model: Desk) -> None:
    """What stays on in another feature is listed as not permitted, not as left on."""
    make_person(model.product.store, "support@example.com", ("editor", "support"))
    model.save(OTHER, "text", model=FAST, update_pins=True)
    model.promote(OTHER)
    done = model.rollback(f"{FAST}@2", by="support@example.com")
    assert [OTHER] == [row["key"] for row in done["not_permitted"]]
    assert [PROMPTS[-1]] == [row["key"] for row in done["left_on"]]
    mine = model.look("support@example.com", still_on, done["number"])
    assert [PROMPTS[-1]] == [running.key for running in mine]
    model.rollback(off=tuple(mine), by="support@example.com")
    assert (shares(None, None, None), shares(1, None, None)) == (
        model.stages(PROMPTS[-1]),
        model.stages(OTHER),
    )


def _later_promotion(desk: Desk) -> None:
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)


def _gone_on_beta(desk: Desk) -> None:
    desk.rollback(f"{TRIAGE}@1", stages=("beta",), to="none")


def _served_by_full(desk: Desk) -> None:
    desk.promote(f"{TRIAGE}@1", to="full")
    desk.save(TRIAGE, "two")
    desk.climb(TRIAGE)
    desk.undo(desk.rollback(f"{TRIAGE}@2")["number"])
    desk.rollback(f"{TRIAGE}@2")


@SQLITE
@pytest.mark.parametrize("meanwhile", [_later_promotion, _gone_on_beta, _served_by_full])
def test_the_second_press_is_for_what_was_shown_alone(new: Desk, meanwhile: Any) -> None:
    """Whatever changed meanwhile, by anybody: it is refused, and nothing moves."""
    shown = tuple(RunningVersion(TRIAGE, 1, stage) for stage in ("internal", "beta"))
    meanwhile(new)
    before = new.stages(TRIAGE)
    with refused("expectation_failed"):
        new.rollback(off=shown)
    assert before == new.stages(TRIAGE)


@SQLITE
def test_the_second_press_does_just_what_was_shown(new: Desk) -> None:
    """Nothing else of the version, and nothing at all for who may not."""
    with refused("forbidden"):
        new.rollback(off=(RunningVersion(TRIAGE, 1, "beta"),), by="legal@example.com")
    with refused("not_found"):
        new.rollback(off=(RunningVersion("support/none", 1, "beta"),))
    for absent in (RunningVersion(TRIAGE, 1, "full"), RunningVersion(TRIAGE, 9, "beta")):
        with refused("expectation_failed"):
            new.rollback(off=(absent,))
    new.rollback(off=(RunningVersion(TRIAGE, 1, "beta"),))
    assert shares(1, None, None) == new.stages(TRIAGE)


@SQLITE
def test_the_second_press_takes_along_nothing_that_was_not_shown(desk: Desk) -> None:
    """A prompt that pins the model and could go back is no part of what the page said."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one")
    desk.promote(FAST, TRIAGE)
    desk.save(TRIAGE, "two", model=FAST)
    desk.promote(TRIAGE)
    done = desk.rollback(off=(RunningVersion(FAST, 1, "internal"),))
    assert (shares(None, None, None), shares(2, None, None)) == (desk.stages(FAST), desk.stages(TRIAGE))
    assert [TRIAGE] == [row["key"] for row in done["still_serving"]]


@SQLITE
def test_an_undo_that_leaves_somebody_with_nothing_is_said_first(desk: Desk) -> None:
    """It is whole: all of it stays, until it is said; what was shown to go is what goes."""
    desk.save(TRIAGE, "one")
    desk.save(REPLY, "one")
    desk.promote(REPLY)
    desk.save(REPLY, "two")
    number = desk.promote(TRIAGE, REPLY)
    with refused("would_switch_off", says=f"prompts-admin undo {number} --or-none") as found:
        desk.undo(number)
    assert [{"stage": "internal", "key": TRIAGE, "version": 1}] == found[0].members["left_on"]
    assert shares(2, None, None) == desk.stages(REPLY)
    with refused("expectation_failed"):
        desk.undo(number, off=(RunningVersion(REPLY, 2, "internal"),))
    desk.undo(number, off=(RunningVersion(TRIAGE, 1, "internal"),))
    assert (shares(1, None, None), shares(None, None, None)) == (desk.stages(REPLY), desk.stages(TRIAGE))


@SQLITE
def test_a_share_is_an_answer_too(desk: Desk) -> None:
    """Who got a first version within ten percent would get nothing: asked for; a larger share takes nothing."""
    desk.save(TRIAGE, "one")
    first = desk.promote(TRIAGE, percent=10)
    wider = desk.promote(TRIAGE, percent=50)
    for action in (lambda: desk.undo(wider), lambda: desk.rollback(f"{TRIAGE}@1")):
        with refused("would_switch_off"):
            action()
    desk.undo(wider, or_none=True)
    assert shares((None, 1, 10), None, None) == desk.stages(TRIAGE)
    with refused("would_switch_off"):
        desk.undo(first)
    desk.rollback(f"{TRIAGE}@1", or_none=True)
    assert shares(None, None, None) == desk.stages(TRIAGE)


@SQLITE
def test_a_restore_gives_internal_what_full_had(desk: Desk) -> None:
    """Nothing of its own stood there; `left` is for who would get nothing, and `exact` says that it is off."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.rollback(f"{TRIAGE}@1", stages=("internal",), to="none")
    then = desk.clock.now
    desk.clock.forward(hours=1)
    for text in ("two", "three"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    desk.save(REPLY, "one")
    desk.promote(REPLY, percent=20)
    plan = desk.restore(at=then, exact=True, dry_run=True)
    assert [{"stage": "internal", "key": REPLY}] == plan["switched_off"]
    done = desk.restore(at=then)
    assert ([{"stage": "internal", "key": REPLY}], []) == (done["left"], done["switched_off"])
    assert (shares(None, 1, 1), shares((None, 1, 20), None, None)) == (
        desk.stages(TRIAGE),
        desk.stages(REPLY),
    )
    with refused("nothing_changes", says="but for what was not live then"):
        desk.restore(at=then)


@SQLITE
def test_audiences_say_who_is_behind_whom(new: Desk) -> None:
    """Where beta has everybody of internal, what beta has is a way back for them."""
    with refused("would_switch_off"):
        new.rollback(f"{TRIAGE}@1", stages=("internal",))
    make_person(new.product.store, "admin2@example.com", ("admin", "*"))
    both = [*AUDIENCES["internal"]["rules"], *AUDIENCES["beta"]["rules"]]
    settle(new, "", {"audiences": {**AUDIENCES, "beta": {"rules": both}}})
    done = new.rollback(f"{TRIAGE}@1", stages=("internal",))
    assert (shares(None, 1, None), []) == (new.stages(TRIAGE), done["switched_off"])
