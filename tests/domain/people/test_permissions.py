"""The one table of who may do what."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts_admin
from prompts_admin.domain.people.permissions import (
    ACCESS_ROLES,
    ACTIONS,
    ANONYMOUS,
    CLEARANCES,
    EVERYWHERE,
    SYSTEM,
    TOKEN_ROLES,
    Actor,
    TokenLimit,
    allowed,
    allowed_somewhere,
    as_json,
    cleared,
    exceeds,
    is_stakeholder_role,
    may_break_glass,
    readable_features,
    stakeholder_roles,
)
from tests.support.lengths import examples

FEATURES = ("support", "search")
places = st.sampled_from((*FEATURES, None))
grants = st.frozensets(
    st.tuples(st.sampled_from((*ACCESS_ROLES, "legal", "ml")), st.sampled_from((*FEATURES, EVERYWHERE))),
    max_size=4,
)
limits = st.builds(
    TokenLimit,
    id=st.just("t1"),
    name=st.just("ci"),
    role=st.sampled_from(TOKEN_ROLES),
    features=st.none() | st.frozensets(st.sampled_from(FEATURES)),
    clearance=st.sampled_from(CLEARANCES),
)
actors = st.builds(
    Actor,
    email=st.sampled_from((None, "ana@example.com")),
    name=st.just("Ana"),
    grants=grants,
    token=st.none() | limits,
)
modest = examples(150)


def person(*held: tuple[str, str], token: TokenLimit | None = None) -> Actor:
    return Actor("ana@example.com", "Ana", frozenset(held), token)


def test_each_role_may_exactly_what_the_table_says() -> None:
    """A role may do an action exactly when the action's least role is at or below its rank."""
    for index, role in enumerate(ACCESS_ROLES):
        for action, rule in ACTIONS.items():
            needed = 0 if rule.role == "serve" else ACCESS_ROLES.index(rule.role)
            assert allowed(person((role, EVERYWHERE)), action, "support") == (index >= needed), (role, action)


def test_actions_of_the_workspace_need_the_role_everywhere() -> None:
    """An administrator of one feature manages neither people nor tokens nor the workspace."""
    local = person(("admin", "support"))
    for action in ("manage_people", "manage_tokens", "manage_workspace", "create_feature"):
        assert not allowed(local, action, "support")
        assert allowed(person(("admin", EVERYWHERE)), action, "support")
    assert allowed(local, "restore", "support")
    assert not allowed(local, "restore", "search")


@modest
@given(actors, st.text(max_size=12), places)
def test_W08_an_action_outside_the_table_is_denied(actor: Actor, action: str, place: str | None) -> None:
    """Default deny: what nobody listed nobody may do, the system neither."""
    if action not in ACTIONS:
        assert not allowed(actor, action, place)
        assert not allowed(SYSTEM, action, place)


def test_S17_code_asks_only_for_actions_of_the_table() -> None:
    """A misspelled action in the code would always be denied: it fails the build instead."""
    asked = {
        (path.name, call.args[0].value)
        for path in Path(prompts_admin.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("may", "require", "require_somewhere", "may_somewhere", "readable")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert {(name, action) for name, action in asked if action not in ACTIONS} == set()


@modest
@given(actors, st.sampled_from(sorted(ACTIONS)), st.sampled_from(FEATURES))
def test_a_right_everywhere_is_a_right_on_each_feature(actor: Actor, action: str, feature: str) -> None:
    """None asks for more than any one feature does."""
    if allowed(actor, action, None):
        assert allowed(actor, action, feature)
        assert readable_features(actor, action) is None


@modest
@given(actors, st.sampled_from(sorted(ACTIONS)), places)
def test_readable_features_agrees_with_allowed(actor: Actor, action: str, place: str | None) -> None:
    """The filter of a list and the check of one thing never differ."""
    readable = readable_features(actor, action)
    assert allowed(actor, action, place) == (readable is None or place in readable)
    assert allowed_somewhere(actor, action) == (readable is None or bool(readable))


@modest
@given(actors, limits, st.sampled_from(sorted(set(ACTIONS) - {"serve"})), places)
def test_a_token_never_allows_more_than_its_person(
    actor: Actor, limit: TokenLimit, action: str, place: str | None
) -> None:
    """A token narrows: whatever it may do, its person may do without it."""
    owner = person(*actor.grants)
    with_token = person(*actor.grants, token=limit)
    if allowed(with_token, action, place):
        assert allowed(owner, action, place)
    assert stakeholder_roles(with_token, place) <= stakeholder_roles(owner, place)
    if may_break_glass(with_token, feature="support", dri=owner.email, on_call=None):
        assert may_break_glass(owner, feature="support", dri=owner.email, on_call=None)


@modest
@given(actors, limits)
def test_a_token_that_does_not_exceed_its_creator_allows_nothing_more(
    actor: Actor, wanted: TokenLimit
) -> None:
    """`exceeds` lets no right through that the creator lacks."""
    if not exceeds(actor, wanted):
        made = Actor(None, "made", token=wanted)
        for action in ACTIONS:
            for place in (*FEATURES, None):
                assert allowed(actor, action, place) or not allowed(made, action, place)


def test_a_serve_token_serves_and_nothing_else() -> None:
    """`serve` is not the least access role: it reads no page, and only its features."""
    token = Actor(None, "app", token=TokenLimit("t1", "app", "serve", frozenset({"support"})))
    granted = {(action, place) for action in ACTIONS for place in FEATURES if allowed(token, action, place)}
    assert granted == {("serve", "support")}
    assert not allowed(token, "serve", None)


def test_S06_a_serve_token_of_a_person_ends_with_their_rights() -> None:
    """Taking a person's last role takes the serving of their tokens too."""
    limit = TokenLimit("t1", "app", "serve")
    assert not allowed(person(token=limit), "serve", "support")
    assert allowed(person(("viewer", "support"), token=limit), "serve", "support")


def test_nobody_may_nothing() -> None:
    """Without a sign-in there is no right at all."""
    assert not any(allowed(ANONYMOUS, action, place) for action in ACTIONS for place in (*FEATURES, None))


def test_S25_only_people_sign() -> None:
    """A token of no person never signs, whatever its role; a person's token does, in the person's roles."""
    robot = Actor(None, "ci", frozenset({("legal", EVERYWHERE)}), TokenLimit("t1", "ci", "admin"))
    assert stakeholder_roles(robot, "support") == frozenset()
    assert stakeholder_roles(SYSTEM, "support") == frozenset()
    lawyer = person(("viewer", EVERYWHERE), ("legal", "support"), ("ml", "search"))
    assert stakeholder_roles(lawyer, "support") == {"legal"}
    assert stakeholder_roles(lawyer, None) == frozenset()


def test_S25_a_serve_token_does_not_sign_for_its_person() -> None:
    """A token that may only serve, or another feature only, signs nothing."""
    held = (("viewer", EVERYWHERE), ("legal", EVERYWHERE))
    assert not stakeholder_roles(person(*held, token=TokenLimit("t", "x", "serve")), "support")
    elsewhere = TokenLimit("t", "x", "viewer", frozenset({"search"}))
    assert not stakeholder_roles(person(*held, token=elsewhere), "support")


def test_S25_whoever_made_a_token_stands_behind_it() -> None:
    """An author cannot sign through a token that they made in another person's name."""
    borrowed = TokenLimit("t", "x", "viewer", created_by="author@example.com")
    assert person(token=borrowed).people == {"ana@example.com", "author@example.com"}


def test_S25_nobody_signs_through_a_token_that_somebody_else_made() -> None:
    """Its maker may hold it, and with one for each person would be as many signers; one's own signs."""
    held = (("viewer", EVERYWHERE), ("legal", EVERYWHERE))
    lent = person(*held, token=TokenLimit("t", "x", "viewer", created_by="admin@example.com"))
    own = person(*held, token=TokenLimit("t", "x", "viewer", created_by="ana@example.com"))
    assert not stakeholder_roles(lent, "support")
    assert {"legal"} == stakeholder_roles(own, "support")


def test_breaking_glass_is_for_dri_on_call_and_administrators() -> None:
    """The right belongs to people who answer for the feature, and to no bare token."""
    ask = {"feature": "support", "dri": "ana@example.com", "on_call": None}
    other = {"feature": "support", "dri": "bo@example.com", "on_call": "bo@example.com"}
    assert may_break_glass(person(("editor", "support")), **ask)
    assert not may_break_glass(person(("releaser", EVERYWHERE)), **other)
    assert may_break_glass(person(("admin", "support")), **other)
    assert not may_break_glass(person(("editor", "support"), token=TokenLimit("t", "x", "viewer")), **ask)
    assert not may_break_glass(Actor(None, "ci", token=TokenLimit("t", "ci", "admin")), **ask)


def test_a_token_sees_up_to_its_clearance() -> None:
    """Classifications are ordered; people are not limited by them."""
    token = Actor(None, "ci", token=TokenLimit("t", "ci", "viewer", clearance="internal"))
    assert [cleared(token, level) for level in CLEARANCES] == [True, True, False, False]
    assert all(cleared(person(), level) for level in CLEARANCES)


@pytest.mark.parametrize("name", [*TOKEN_ROLES, "", "Legal", "-legal", "le gal", "legal\n", "*"])
def test_a_stakeholder_role_is_a_slug_and_no_access_role(name: str) -> None:
    """Nobody can grant themselves the right to sign under the name of an access role."""
    assert not is_stakeholder_role(name)


def test_labels_name_who_did_it() -> None:
    """The audit names the person, or the token where there is none."""
    limit = TokenLimit("t1", "ci", "editor")
    assert person(token=limit).label == "ana@example.com"
    assert Actor(None, "ci", token=limit).label == "token:ci"
    assert ANONYMOUS.label == "anonymous"


def test_the_table_can_be_printed() -> None:
    """The documentation is made from the table itself."""
    assert [row["action"] for row in as_json()] == list(ACTIONS)
    assert all(row["help"].endswith(".") for row in as_json())
