"""How a request states who asks, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.errors import Refused, Usage
from prompts_admin.domain.targeting.contexts import MAX_TEXT, Context, context_from_json, context_from_query


def test_a_query_states_user_groups_and_attributes() -> None:
    """`group` repeats, `attr.` names are free, and every value stays text."""
    pairs = [("user", "u-17"), ("group", "a"), ("group", "b"), ("attr.plan", "pro"), ("attr.seats", "11")]
    assert Context("u-17", ("a", "b"), {"plan": "pro", "seats": "11"}) == context_from_query(pairs)
    assert Context() == context_from_query([])


def test_S58_a_parameter_given_twice_is_malformed() -> None:
    """Nobody has to guess which of two users counts."""
    for name in ("user", "attr.plan"):
        with pytest.raises(Usage) as refusal:
            context_from_query([(name, "a"), (name, "b")])
        assert refusal.value.code == "malformed"


def test_an_unknown_parameter_is_refused_by_name() -> None:
    """A typing mistake does not turn into an anonymous user."""
    with pytest.raises(Refused) as refusal:
        context_from_query([("usr", "u-17")])
    assert [problem.path for problem in refusal.value.problems] == ["usr"]


def test_a_body_states_the_same_and_openfeatures_flat_form() -> None:
    """`targetingKey` is the user, and names beside `attributes` are attributes."""
    expected = Context("u-17", ("a",), {"plan": "pro", "seats": 11})
    nested = {"user": "u-17", "groups": ["a"], "attributes": {"plan": "pro", "seats": 11}}
    flat = {"targetingKey": "u-17", "groups": ["a"], "plan": "pro", "seats": 11}
    assert expected == context_from_json(nested) == context_from_json(flat)
    assert Context() == context_from_json({"user": None, "groups": None, "attributes": None})


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, "context"),
        ([], "context"),
        ("u-17", "context"),
        ({"user": 17}, "user"),
        ({"targetingKey": ["u"]}, "targetingKey"),
        ({"user": "a", "targetingKey": "b"}, "targetingKey"),
        ({"groups": "internal"}, "groups"),
        ({"groups": [1]}, "groups"),
        ({"attributes": []}, "attributes"),
        ({"user": "x" * (MAX_TEXT + 1)}, "user"),
        ({"user": "\ud800"}, "user"),
        ({"groups": ["\udfff"]}, "groups"),
        ({"groups": ["g"] * 1_001}, "groups"),
        ({"plan": "x" * 1_000_000}, "attributes.plan"),
        ({"plan": ["x" * 1_000_000]}, "attributes.plan"),
        ({"plan": float("inf")}, "attributes.plan"),
        ({"attributes": {str(number): 1 for number in range(201)}}, "attributes"),
    ],
)
def test_wrong_types_and_sizes_are_invalid(document: Any, path: str) -> None:
    """Each fault has its place, and the code is always `invalid`."""
    with pytest.raises(Refused) as refusal:
        context_from_json(document)
    assert refusal.value.code == "invalid"
    assert path in [problem.path for problem in refusal.value.problems]


def test_user_and_groups_are_never_taken_from_the_attributes() -> None:
    """An attribute called `user` cannot stand in for the targeting key."""
    context = Context(None, (), {"user": "admin", "groups": ["internal"]})
    assert context.get("user") is None
    assert context.get("groups") == ()
    assert Context("u", ("g",), {"plan": "pro"}).get("plan") == "pro"
    assert Context("").get("user") is None
