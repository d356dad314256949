"""What a user gets: the walk down the stages, and the published vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.stages import STAGES, WHOLE, Entry
from prompts_admin.domain.targeting.audiences import EVERYBODY, Audience, Condition
from prompts_admin.domain.targeting.contexts import context_from_json
from prompts_admin.domain.targeting.rollout import Context, Ruleset, explain, resolve, resolve_on
from prompts_admin.domain.targeting.rulesets import build_ruleset
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from tests.support.lengths import examples

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "resolve.json").read_text())
AUDIENCES = {
    "internal": Audience(((Condition("groups", "in", ("internal",)),),)),
    "beta": Audience(((Condition("groups", "in", ("beta",)),),)),
    "full": EVERYBODY,
}
KEY = "support/triage"

entries = st.builds(
    lambda settled, candidate, percentage: Entry(settled, candidate, percentage if candidate else 0),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(10, 19),
    st.integers(1, WHOLE),
)
contexts = st.builds(
    Context,
    st.none() | st.text(max_size=12),
    st.lists(st.sampled_from(["internal", "beta", "other"]), max_size=3).map(tuple),
)
ladders = st.dictionaries(st.sampled_from(STAGES), entries)


def rules(on: dict[str, Entry], *, bucket_by: str | None = None) -> Ruleset:
    """Return the rules for one artifact with the default audiences."""
    return build_ruleset({KEY: on}, audiences=AUDIENCES, bucket_by={"support": bucket_by})


def test_a_careful_10_percent_on_beta_does_not_drop_the_other_90_percent_to_the_version_of_full() -> None:
    """A beta user outside the candidate's share stays on what beta had before."""
    before = rules({"beta": Entry(settled=7), "full": Entry(settled=6)})
    after = rules({"beta": Entry(settled=7, candidate=8, percentage=10_000), "full": Entry(settled=6)})
    got: dict[int | None, int] = {}
    for number in range(2_000):
        context = Context(f"u-{number}", ("beta",))
        answer = resolve(after, KEY, context)
        assert resolve(before, KEY, context).version == 7
        got[answer.version] = got.get(answer.version, 0) + 1
    assert set(got) == {7, 8}
    assert 140 < got[8] < 260


def test_the_same_holds_on_every_stage() -> None:
    """Settled stands behind a candidate on internal and on full just as on beta."""
    for stage, groups in (("internal", ("internal",)), ("beta", ("beta",)), ("full", ())):
        ruleset = rules({stage: Entry(settled=2, candidate=3, percentage=1)})
        assert resolve(ruleset, KEY, Context("u-17", groups)).version == 2


@pytest.mark.parametrize("case", VECTORS["resolve"], ids=lambda case: case["name"])
def test_published_resolve_vectors(case: dict[str, Any]) -> None:
    """Every published case gives the published answer, and asking why gives the same."""
    document = {"format": 1, "epoch": "e", "revision": 1, "versions": {}, **case}
    ruleset = compile_snapshot(document).ruleset
    for ask in case["asks"]:
        context = context_from_json(ask["context"])
        answer = resolve(ruleset, ask["key"], context)
        found = answer and {name: getattr(answer, name) for name in ("version", "stage", "reason")}
        assert ask["answer"] == found


@examples(200)
@given(on=ladders, context=contexts)
def test_explaining_tells_the_same_as_resolving(on: dict[str, Entry], context: Context) -> None:
    """The last step is the stage that answered; without an answer every stage says why not."""
    answer = resolve(rules(on), KEY, context)
    steps = explain(rules(on), KEY, context)
    assert [step.stage for step in steps] == list(STAGES[: len(steps)])
    assert all(step.version is None for step in steps[:-1])
    if answer.version is None:
        assert len(steps) == len(STAGES)
        assert {step.outcome for step in steps} <= {"empty", "not_matched", "outside"}
    else:
        assert (answer.stage, answer.version) == (steps[-1].stage, steps[-1].version)
        assert steps[-1].outcome in {"candidate", "settled"}


@examples(200)
@given(on=ladders, context=contexts)
def test_an_answer_agrees_with_the_rule_written_plainly(on: dict[str, Entry], context: Context) -> None:
    """The compiled walk agrees with the sentence of the design, written out without any tricks."""
    from prompts_admin.domain.targeting.rollout import inside

    expected = None
    for stage in STAGES:
        entry = on.get(stage, Entry())
        if expected is None and (stage == "full" or stage in context.groups):
            is_in = entry.candidate is not None and inside("support", context.user, entry.percentage)
            expected = entry.candidate if is_in else entry.settled
    assert expected == resolve(rules(on), KEY, context).version


def test_reasons_say_what_decided() -> None:
    """Each reason has its case, and a percentage asked on the way is never hidden behind another."""
    everyone = rules({"full": Entry(settled=6)})
    both = rules({"beta": Entry(settled=7), "full": Entry(settled=6)})
    share = rules({"beta": Entry(candidate=7, percentage=1), "full": Entry(settled=6)})
    beta = Context("u-17", ("beta",))
    assert resolve(everyone, KEY, beta).reason == "STATIC"
    assert resolve(both, KEY, beta).reason == "TARGETING_MATCH"
    assert resolve(both, KEY, Context("u-17")).reason == "DEFAULT"
    assert resolve(share, KEY, beta).reason == "SPLIT"
    assert resolve(rules({}), KEY, beta).reason == "DISABLED"
    assert resolve(everyone, "support/unknown", beta) is None


def test_a_step_names_the_rule_and_the_bucket() -> None:
    """Why a user gets what they get: the rule of the audience, their place and the share."""
    ruleset = rules({"beta": Entry(settled=7, candidate=8, percentage=31_000), "full": Entry(settled=6)})
    internal, beta = explain(ruleset, KEY, Context("u-17", ("beta",)))
    assert internal.outcome == "empty"
    assert (beta.outcome, beta.rule, beta.bucket, beta.percentage) == ("candidate", 1, 30_935, 31_000)
    outside = explain(ruleset, KEY, Context("u-17"))
    assert [step.outcome for step in outside] == ["empty", "not_matched", "settled"]
    assert explain(ruleset, "support/unknown", Context()) == ()


def test_a_forced_stage_answers_alone() -> None:
    """Asked for a stage, its audience is taken as matched and no other stage stands behind it."""
    ruleset = rules({"internal": Entry(settled=8), "beta": Entry(candidate=7, percentage=WHOLE)})
    assert resolve_on(ruleset, KEY, "internal", Context()).version == 8
    assert resolve_on(ruleset, KEY, "beta", Context("u-17")).version == 7
    assert resolve_on(ruleset, KEY, "beta", Context()).reason == "DISABLED"
    assert resolve_on(ruleset, KEY, "full", Context("u-17")).reason == "DISABLED"
    assert resolve_on(ruleset, "support/unknown", "full", Context()) is None


def test_a_stage_without_audience_has_nobody_on_it() -> None:
    """A missing audience never turns into everybody."""
    ruleset = build_ruleset({KEY: {"beta": Entry(settled=7)}}, audiences={})
    assert resolve(ruleset, KEY, Context("u-17", ("beta",))).reason == "DISABLED"
