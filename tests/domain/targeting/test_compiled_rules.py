"""The functions that serving calls answer as the rule does, for whatever ladder, audience and context."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.stages import STAGES, WHOLE, Entry
from prompts_admin.domain.targeting import compiled_rules
from prompts_admin.domain.targeting.audiences import EVERYBODY, Audience, Condition
from prompts_admin.domain.targeting.compiled_rules import compile_decider
from prompts_admin.domain.targeting.conditions import OPERATORS
from prompts_admin.domain.targeting.contexts import Context, context_from_json
from prompts_admin.domain.targeting.rollout import walk
from prompts_admin.domain.targeting.rulesets import Ladder, Resolution, build_ladder
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from tests.support.lengths import examples

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "resolve.json").read_text())
NAMES = ["user", "groups", "plan", "seats"]
scalars = st.sampled_from(["beta", "pro", "42", "", "u-17", 42, 42.0, 0, 1, True, False, 10])
conditions = st.builds(
    Condition,
    st.sampled_from(NAMES),
    st.sampled_from([*OPERATORS, "in", "in", "of tomorrow"]),
    st.lists(scalars, min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
audiences = st.just(EVERYBODY) | st.builds(
    Audience, st.lists(st.lists(conditions, min_size=1, max_size=2).map(tuple), max_size=4).map(tuple)
)
entries = st.builds(
    lambda settled, candidate, percentage: Entry(settled, candidate, percentage if candidate else 0),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(10, 19),
    st.integers(0, WHOLE),
)
ladders = st.builds(
    lambda on, who, by: build_ladder("support/triage", on, audiences=who, bucket_by=by),
    st.dictionaries(st.sampled_from(STAGES), entries),
    st.dictionaries(st.sampled_from(STAGES), audiences),
    st.sampled_from([None, *NAMES]),
)
contexts = st.builds(
    Context,
    st.none() | st.sampled_from(["", "u-17", "u-18", "beta", "\ud800"]) | st.text(max_size=9),
    st.lists(st.sampled_from(["beta", "pro", ""]), max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(NAMES), st.none() | scalars | st.lists(scalars, max_size=2)),
)


def decided(ladder: Ladder, context: Context, groups: Any = None) -> Resolution:
    """Return what the compiled function answers."""
    decider = compile_decider(ladder)
    groups = context.groups if groups is None else groups
    return decider.answers[decider.decide(context.user, groups, context.attributes)]


@examples(300)
@given(ladder=ladders, context=contexts)
def test_a_compiled_ladder_answers_as_the_rule_does(ladder: Ladder, context: Context) -> None:
    """There is one rule, and a faster way to follow it."""
    assert walk(ladder, context.values()) == decided(ladder, context)
    assert decided(ladder, context) == decided(ladder, context, list(context.groups))
    assert decided(ladder, context) == decided(ladder, context, set(context.groups))


@pytest.mark.parametrize("case", VECTORS["resolve"], ids=lambda case: case["name"])
def test_published_resolve_vectors(case: dict[str, Any]) -> None:
    """The published answers come from the compiled function too."""
    ruleset = compile_snapshot({"format": 1, "epoch": "e", "revision": 1, "versions": {}, **case}).ruleset
    for ask in case["asks"]:
        ladder = ruleset.ladders.get(ask["key"])
        answer = ladder and decided(ladder, context_from_json(ask["context"]))
        assert ask["answer"] == (
            answer and {name: getattr(answer, name) for name in ("version", "stage", "reason")}
        )


def test_an_answer_hashes_at_most_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stages cut a share, the user has one place in the feature."""
    hashed: list[bytes] = []
    digest = compiled_rules.mmh3_32_uintdigest
    monkeypatch.setattr(
        compiled_rules, "mmh3_32_uintdigest", lambda text: hashed.append(text) or digest(text)
    )
    on = {stage: Entry(candidate=3, percentage=1) for stage in STAGES}
    ladder = build_ladder("support/triage", on, audiences=dict.fromkeys(STAGES, EVERYBODY))
    assert decided(ladder, Context("u-17")).version is None
    assert [b"support:u-17"] == hashed
    sure = build_ladder("support/triage", {"full": Entry(7)}, audiences={"full": EVERYBODY})
    assert decided(sure, Context("u-17")).version == 7
    assert len(hashed) == 1
