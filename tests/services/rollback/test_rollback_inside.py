"""Rolling back a model or a snippet reaches what pins it."""

from __future__ import annotations

import pytest

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import resolve
from prompts_admin.domain.templates.rendering import render_messages
from tests.support.cast import AUTHOR, make_person
from tests.support.desk import FAST, OTHER, REPLY, TONE, TRIAGE, Desk, refused, shares
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SUPPORT_ONLY = "support@example.com"


@pytest.fixture
def inside(desk: Desk) -> Desk:
    """Model 1 in version 1 of triage and letter, model 2 in version 2 of both; both live on internal."""
    for name in ("small", "large"):
        desk.save(FAST, name=name, provider="openai")
        for key in (TRIAGE, OTHER):
            desk.save(key, "text", model=FAST, update_pins=True)
            desk.promote(key)
    make_person(desk.product.store, SUPPORT_ONLY, ("editor", "support"))
    return desk


def test_rolling_back_a_model_reaches_the_prompts_that_pin_it(inside: Desk) -> None:
    """In one transaction, each to its own target, listed, and all of it marked."""
    done = inside.rollback(f"{FAST}@2")
    assert [(OTHER, 2, "internal"), (TRIAGE, 2, "internal")] == sorted(
        (row["key"], row["version"], row["stage"]) for row in done["takes_along"]
    )
    assert shares(1, None, None) == inside.stages(TRIAGE) == inside.stages(OTHER)
    assert {FAST, TRIAGE, OTHER} == inside.marked(FAST, TRIAGE, OTHER)
    check_invariants(inside.product)
    undone = inside.undo(done["number"])
    assert shares(2, None, None) == inside.stages(TRIAGE) == inside.stages(OTHER)
    assert set() == inside.marked(FAST, TRIAGE, OTHER)
    assert "undo" == undone["kind"]


@SQLITE
def test_a_model_rolled_back_twice_inside_prompts_goes_back_once(inside: Desk) -> None:
    """It never ran by itself, and still the second one is refused."""
    inside.rollback(FAST)
    with refused("already_rolled_back"):
        inside.rollback(FAST)
    assert shares(1, None, None) == inside.stages(TRIAGE)


@SQLITE
def test_a_snippet_inside_a_snippet_takes_along_what_contains_it_at_any_depth(desk: Desk) -> None:
    """The prompt pins the outer one, which pins the bad one."""
    for text in ("kind", "rude"):
        desk.save(TONE, text, kind="snippet")
        desk.save("support/outer", "{{> support/tone}}", kind="snippet", update_pins=True)
        desk.save(TRIAGE, "{{> support/outer}}", update_pins=True)
        desk.promote(TRIAGE)
    done = desk.rollback(f"{TONE}@2")
    assert [TRIAGE] == [row["key"] for row in done["takes_along"]]
    assert shares(1, None, None) == desk.stages(TRIAGE)


@SQLITE
def test_only_leaves_them_and_says_who_keeps_serving_it(inside: Desk) -> None:
    """With a model that runs by itself as well; where nothing at all would go it is refused."""
    with refused("nothing_changes", says=f"{TRIAGE}@2 on internal"):
        inside.rollback(f"{FAST}@2", only=True)
    inside.promote(f"{FAST}@1")
    inside.promote(f"{FAST}@2")
    done = inside.rollback(f"{FAST}@2", only=True)
    assert {TRIAGE, OTHER} == {row["key"] for row in done["still_serving"]}
    assert shares(2, None, None) == inside.stages(TRIAGE)
    assert shares(1, None, None) == inside.stages(FAST)


def test_what_one_may_not_roll_back_is_listed_left_and_told_to_its_owner(inside: Desk) -> None:
    """The model's own feature goes back; the other feature's DRI hears of it."""
    done = inside.rollback(f"{FAST}@2", by=SUPPORT_ONLY)
    assert [OTHER] == [row["key"] for row in done["not_permitted"]]
    assert shares(1, None, None) == inside.stages(TRIAGE)
    assert shares(2, None, None) == inside.stages(OTHER)
    told = next(n for n in inside.notices() if n["event"] == "left_for_you")
    assert ([AUTHOR], "elsewhere") == (told["to"], told["feature"])
    check_invariants(inside.product)


@SQLITE
def test_nothing_that_one_may_roll_back_is_refused_with_whom_to_ask(inside: Desk) -> None:
    """Not an empty release."""
    inside.rollback(f"{TRIAGE}@2")
    with refused("forbidden", says=f"Ask {AUTHOR}"):
        inside.rollback(f"{FAST}@2", by=SUPPORT_ONLY)


@SQLITE
def test_a_target_cannot_be_named_for_what_only_runs_inside(inside: Desk) -> None:
    """Each prompt has its own; ignoring what was typed would be worse."""
    with refused("no_target"):
        inside.rollback(f"{FAST}@2", to="1")


@SQLITE
def test_a_target_that_contains_something_bad_is_passed_over(desk: Desk) -> None:
    """2 and 3 contain the bad model, so 3 goes back to 1."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    for text in ("two", "three"):
        desk.save(TRIAGE, text, model=FAST)
        desk.promote(TRIAGE)
    desk.rollback(f"{FAST}@1")
    assert shares(1, None, None) == desk.stages(TRIAGE)


@SQLITE
def test_what_contains_a_marked_model_needs_somebody_elses_yes(inside: Desk) -> None:
    """A new prompt around the bad model is not waved through on internal."""
    inside.rollback(f"{FAST}@2")
    inside.save(REPLY, "text", model=f"{FAST}@2")
    assert ["any"] == [entry["role"] for entry in inside.propose(REPLY)["missing"]]


@SQLITE
def test_a_rollback_does_not_break_callers_that_already_send_a_new_variable(desk: Desk) -> None:
    """Version 1 is rendered with what callers of version 2 send; what it does not know is ignored and told."""
    name, plan = {"type": "string", "required": True}, {"type": "string", "default": "free"}
    desk.save(TRIAGE, "Hello {{name}}", variables={"name": name})
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "{{name}} on {{plan}}", variables={"name": name, "plan": plan})
    desk.climb(TRIAGE)
    desk.rollback(TRIAGE)
    live = desk.product.live.current()
    found = resolve(live.ruleset, TRIAGE, Context(user="u-1"))
    assert found is not None and found.version is not None
    value = live.versions[TRIAGE][found.version].value
    ignored: list[str] = []
    rendered = render_messages(
        value["messages"], value["variables"], {"name": "Ana", "plan": "pro"}, on_ignored=ignored.extend
    )
    assert (1, "Hello Ana", ["plan"]) == (found.version, rendered[0]["content"], ignored)
