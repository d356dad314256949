"""Who is on a stage: the published vectors, what is refused, and that nothing sent can raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.targeting.audiences import (
    EVERYBODY,
    NOBODY,
    Audience,
    Condition,
    matches,
    parse_audience,
)
from prompts_admin.domain.targeting.conditions import OPERATORS
from prompts_admin.domain.targeting.contexts import Context, context_from_json
from tests.support.lengths import examples

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "resolve.json").read_text())["audiences"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
values = st.lists(st.booleans() | st.integers(-99, 99) | st.text(max_size=5), min_size=1, max_size=3)


def condition(operator: str, *wanted: Any, negate: bool = False) -> Audience:
    """Return the audience of one condition on the attribute `plan`."""
    return Audience(((Condition("plan", operator, wanted, negate),),))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: json.dumps(case["audience"])[:60])
def test_published_audience_vectors(case: dict[str, Any]) -> None:
    """Each published context is matched by the published rule, or by none."""
    audience = parse_audience(case["audience"])
    for ask in case["asks"]:
        context = context_from_json(ask["context"])
        assert (ask["rule"], ask) == (audience.matching_rule(context.values()), ask)
        assert matches(audience, context) == (ask["rule"] is not None)


@examples(200)
@given(operator=st.sampled_from(OPERATORS), wanted=values, sent=anything, negate=st.booleans())
def test_no_value_raises(operator: str, wanted: list[Any], sent: Any, negate: bool) -> None:
    """Whatever an attribute holds, an audience answers yes or no."""
    audience = condition(operator, *wanted, negate=negate)
    assert matches(audience, Context("u", (), {"plan": sent})) in (True, False)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("attributes", [{}, {"plan": None}, {"plan": []}])
def test_a_missing_attribute_fails_every_operator_but_a_negated_exists(
    operator: str, negate: bool, attributes: dict[str, Any]
) -> None:
    """Also `not_in` and every negated operator fail; only a negated `exists` holds."""
    audience = condition(operator, *([] if operator == "exists" else [5]), negate=negate)
    assert (operator == "exists" and negate) == matches(audience, Context("u", (), attributes))


def test_a_value_that_an_operator_cannot_read_counts_as_missing() -> None:
    """A text is no number, an object is no text; negating does not turn that into a match."""
    for audience in (condition("greater_than", 5), condition("greater_than", 5, negate=True)):
        assert not matches(audience, Context("u", (), {"plan": "pro"}))
        assert not matches(audience, Context("u", (), {"plan": True}))
    for operator in ("in", "not_in"):
        assert not matches(condition(operator, "pro"), Context("u", (), {"plan": {"name": "pro"}}))


def test_no_rules_match_nobody_and_everybody_matches_all() -> None:
    """An empty list of rules is not the same as everybody."""
    assert not matches(NOBODY, Context("u", ("internal",)))
    assert not matches(parse_audience({"rules": []}), Context("u"))
    assert matches(EVERYBODY, Context())


def test_an_operator_of_a_newer_server_matches_nobody_when_lenient() -> None:
    """An old reader fails closed on what it does not know, and still reads the rest."""
    rule = {
        "conditions": [{"attribute": "plan", "operator": "matches_moon", "values": [{}], "hue": 1}],
        "x": 1,
    }
    known = {"conditions": [{"attribute": "plan", "operator": "in", "values": ["pro"]}]}
    audience = parse_audience({"rules": [rule, known], "y": 2}, lenient=True)
    assert matches(audience, Context("u", (), {"plan": "pro"}))
    assert not matches(audience, Context("u", (), {"plan": "free"}))


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, "audience"),
        ("everyone", "audience"),
        ({}, "audience.rules"),
        ({"rules": {}}, "audience.rules"),
        ({"rules": [], "extra": 1}, "audience.extra"),
        ({"rules": ["x"]}, "audience.rules[0]"),
        ({"rules": [{"conditions": []}]}, "audience.rules[0]"),
        ({"rules": [{}]}, "audience.rules[0].conditions"),
        (
            {"rules": [{"conditions": [{"attribute": "a", "operator": "exists"}, 5]}]},
            "audience.rules[0].conditions[1]",
        ),
    ],
)
def test_a_malformed_audience_is_refused_by_path(document: object, path: str) -> None:
    """The refusal names the place of the fault."""
    with pytest.raises(Refused) as refusal:
        parse_audience(document, path="audience")
    assert refusal.value.code == "invalid"
    assert path in [problem.path for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"operator": "matches"}, "operator"),
        ({"operator": None}, "operator"),
        ({"attribute": ""}, "attribute"),
        ({"attribute": 5}, "attribute"),
        ({"values": []}, "values"),
        ({"values": None}, "values"),
        ({"values": "pro"}, "values"),
        ({"values": [{}]}, "values"),
        ({"values": [["pro"]]}, "values"),
        ({"operator": "greater_than", "values": [1, 2]}, "values"),
        ({"operator": "less_than", "values": ["many"]}, "values"),
        ({"operator": "exists", "values": ["pro"]}, "values"),
        ({"negate": "yes"}, "negate"),
        ({"value": ["pro"]}, "value"),
    ],
)
def test_a_malformed_condition_is_refused_by_path(fields: dict[str, Any], name: str) -> None:
    """Every field of a condition is checked, and all faults are told at once."""
    good = {"attribute": "plan", "operator": "in", "values": ["pro"]}
    with pytest.raises(Refused) as refusal:
        parse_audience({"rules": [{"conditions": [{**good, **fields}]}]})
    assert [f"rules[0].conditions[0].{name}"] == [problem.path for problem in refusal.value.problems]


@given(
    st.lists(
        st.lists(
            st.builds(
                lambda operator, wanted, negate: Condition(
                    "plan", operator, () if operator == "exists" else tuple(wanted), negate
                ),
                st.sampled_from(["in", "not_in", "contains", "exists"]),
                values,
                st.booleans(),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        max_size=3,
    ).map(tuple)
)
@examples(100)
def test_an_audience_reads_back_what_it_writes(rules: tuple[tuple[Condition, ...], ...]) -> None:
    """The form in the snapshot says everything."""
    assert Audience(rules) == parse_audience(Audience(rules).as_json())
    assert parse_audience(EVERYBODY.as_json()) == EVERYBODY
