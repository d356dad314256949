"""Policies and audiences in sentences, and what differs between two of them."""

from __future__ import annotations

import pytest

from prompts_admin.web.settings.policy_sentences import (
    audience_sentences,
    policy_sentences,
    settings_moves,
    signers_in_short,
)


def _rule(*conditions: dict[str, object]) -> dict[str, object]:
    return {"conditions": list(conditions)}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"attribute": "groups", "operator": "in", "values": ["beta"]}, "A group is one of “beta”."),
        ({"attribute": "plan", "operator": "equals", "values": ["pro"]}, "“plan” is “pro”."),
        ({"attribute": "seats", "operator": "greater_than", "values": [10]}, "“seats” is greater than 10."),
        ({"attribute": "plan", "operator": "exists", "negate": True}, "“plan” is not given."),
        ({"attribute": "vip", "operator": "equals", "values": [True]}, "“vip” is true."),
        (
            {"attribute": "user", "operator": "starts_with", "values": ["t-"], "negate": True},
            "Not (the user’s id starts with “t-”).",
        ),
    ],
)
def test_a_condition_is_a_sentence(condition: dict[str, object], told: str) -> None:
    """Operators and negation read as people say them."""
    assert [told] == audience_sentences({"rules": [_rule(condition)]})


def test_a_rule_joins_its_conditions_and_long_lists_are_counted() -> None:
    """All conditions of a rule hold together; beyond six values the rest is a number."""
    many = {"attribute": "user", "operator": "in", "values": [f"u{n}" for n in range(9)]}
    paid = {"attribute": "plan", "operator": "equals", "values": ["pro"]}
    (told,) = audience_sentences({"rules": [_rule(many, paid)]})
    assert told.endswith("“u5” and 3 more and “plan” is “pro”.")


def test_everybody_and_nobody() -> None:
    """The two audiences without conditions."""
    assert (["Everybody."], ["Nobody."]) == (
        audience_sentences("everybody"),
        audience_sentences({"rules": []}),
    )


def test_a_policy_tells_all_that_it_asks() -> None:
    """Signers, waiting, checks and freezes, or that it asks for nothing."""
    freeze = {"from": "2026-12-20T00:00:00Z", "to": "2027-01-02T00:00:00Z", "reason": "Holidays"}
    asked = {"sign_off": {"legal": 2}, "wait_hours": 1.5, "checks": ["renders"], "freezes": [freeze]}
    told = policy_sentences(asked)
    assert ["2 sign-offs as legal.", "1.5 hours on the stage before."] == told[:2]
    assert told[3].endswith("to 2 Jan 2027, 00:00:00 UTC (Holidays).")
    assert ["Nothing: a proposal goes live at once."] == policy_sentences({})
    assert ("2 × legal", "nobody signs") == (signers_in_short(asked), signers_in_short({}))


def test_what_differs_is_told_by_heading() -> None:
    """Only headings with a difference, what went before what came."""
    before = {"policy": {"full": {"sign_off": {"legal": 1}}}, "classification": "pii", "bucket_by": None}
    after = {"policy": {"full": {"sign_off": {"legal": 2}}}, "classification": "pii", "bucket_by": "account"}
    moves = {
        move["heading"]: [line["kind"] for line in move["lines"]] for move in settings_moves(before, after)
    }
    assert {"To go live on full", "Shares are counted by"} == set(moves)
    assert ["removed", "added"] == moves["To go live on full"]
