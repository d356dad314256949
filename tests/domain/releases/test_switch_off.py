"""Off: somebody who gets an answer now would get none, held against the real resolve."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import assume, given
from hypothesis import strategies as st

from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.releases.switch_off import places_off, taken_away
from prompts_admin.domain.stages import EMPTY, STAGES, Entry
from prompts_admin.domain.targeting.audiences import (
    EVERYBODY,
    NOBODY,
    Audience,
    Condition,
    is_within,
    matches,
)
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import resolve
from prompts_admin.domain.targeting.rulesets import build_ruleset
from tests.domain.releases.release_cases import CROWD, KEY, LADDER, entries

Stands = dict[str, Entry]

conditions = st.builds(
    Condition,
    st.sampled_from(["groups", "plan", "age"]),
    st.sampled_from(["in", "not_in", "equals", "exists", "greater_than"]),
    st.sampled_from([("a",), ("a", "b"), ("b", "a"), (1,), ("1",), (True,), ("true",), (2,)]),
    st.booleans(),
)
rules = st.lists(conditions, min_size=1, max_size=2).map(tuple)
audiences_of_stages = st.fixed_dictionaries(
    {},
    optional={
        stage: st.just(EVERYBODY) | st.lists(rules, max_size=2).map(lambda found: Audience(tuple(found)))
        for stage in STAGES
    },
)
values = st.sampled_from(["a", "b", "1", "true", 1, 2, 3, True, None])
contexts = st.builds(
    Context,
    st.none() | st.text("abc", min_size=1, max_size=3),
    st.sets(st.sampled_from("ab")).map(lambda names: tuple(sorted(names))),
    st.fixed_dictionaries({"plan": values, "age": values}),
)
ladders = st.fixed_dictionaries(dict.fromkeys(STAGES, entries))


def between(before: Stands, after: Stands) -> list[Change]:
    """Return the changes that lead from one ladder to another."""
    return [Change(s, KEY, before[s], after[s]) for s in STAGES if before[s] != after[s]]


def off(before: Stands, changes: list[Change], audiences: Mapping[str, Audience]) -> frozenset[Place]:
    """Return the places that changes switch off."""
    return places_off(changes, {(stage, KEY): entry for stage, entry in before.items()}, audiences)


def answered(stands: Stands, audiences: Mapping[str, Audience], context: Context) -> bool:
    """Tell whether the real rules give the context a version."""
    found = resolve(build_ruleset({KEY: stands}, audiences=audiences), KEY, context)
    return found is not None and found.version is not None


@given(ladders, ladders, audiences_of_stages, st.lists(contexts, min_size=1, max_size=20))
def test_nobody_loses_an_answer_where_nothing_is_off(
    before: Stands, after: Stands, audiences: dict[str, Audience], asking: list[Context]
) -> None:
    """Whatever the audiences are: with the off places left as they are, whoever had an answer has one."""
    changes = between(before, after)
    stay = off(before, changes, audiences)
    made = before | {change.stage: change.after for change in changes if change.place not in stay}
    for context in asking:
        assert answered(made, audiences, context) or not answered(before, audiences, context)


@given(ladders, ladders)
def test_where_something_is_off_somebody_loses_an_answer(before: Stands, after: Stands) -> None:
    """On the usual ladder off is no word too many: without a share, one of a crowd gets nothing any more."""
    before, after = ({s: Entry(e.settled) for s, e in stands.items()} for stands in (before, after))
    changes = between(before, after)
    lost = [c for c in CROWD if answered(before, LADDER, c) and not answered(after, LADDER, c)]
    assert bool(lost) == bool(off(before, changes, LADDER))


@given(st.lists(rules, max_size=2), st.lists(rules, max_size=2), st.lists(contexts, min_size=1, max_size=20))
def test_who_is_within_is_there(
    own: list[tuple[Condition, ...]], wider: list[tuple[Condition, ...]], asking: list[Context]
) -> None:
    """What is told of audiences by their rules holds for everybody whom they are asked about."""
    inner, outer = Audience(tuple(own)), Audience((*wider, *own[:1]))
    assume(is_within(inner, [outer]))
    assert all(matches(outer, context) for context in asking if matches(inner, context))


def test_what_rules_say_of_each_other() -> None:
    """More conditions are fewer people; texts decide, not types or their order; nobody is within everything."""
    paid, grown = Condition("plan", "in", ("pro", 1)), Condition("age", "exists")
    same = Condition("plan", "in", ("1", "pro"))
    assert is_within(Audience(((paid, grown),)), [Audience(((grown,),))])
    assert not is_within(Audience(((grown,),)), [Audience(((paid, grown),))])
    assert is_within(Audience(((paid,),)), [Audience(((same,),))])
    assert not is_within(
        Audience(((Condition("plan", "in", (True,)),),)), [Audience(((Condition("plan", "in", (1,)),),))]
    )
    assert is_within(Audience(((paid,), (grown,))), [Audience(((paid,),)), Audience(((grown,),))])
    assert is_within(NOBODY, []) and is_within(EVERYBODY, [NOBODY, EVERYBODY])
    assert not is_within(EVERYBODY, [Audience(((paid,),))])


def test_going_on_to_a_wider_stage_is_a_way_back() -> None:
    """While something is settled behind it; all places are judged together."""
    both = {"internal": Entry(2), "beta": EMPTY, "full": Entry(1)}
    internal, full = (Change(s, KEY, both[s], EMPTY) for s in ("internal", "full"))
    assert frozenset() == off(both, [internal], LADDER)
    assert {("internal", KEY), ("full", KEY)} == off(both, [internal, full], LADDER)
    narrower = {"internal": Entry(2), "beta": Entry(1), "full": EMPTY}
    assert {("internal", KEY)} == off(narrower, [internal], LADDER)


def test_a_share_with_nothing_behind_it_is_an_answer_too() -> None:
    """For those inside of it: taken away or made smaller it leaves somebody without, made larger nobody."""
    alone = {"internal": EMPTY, "beta": EMPTY, "full": Entry(None, 2, 10_000)}
    for after, lost in ((EMPTY, True), (Entry(None, 2, 5_000), True), (Entry(None, 2, 20_000), False)):
        change = Change("full", KEY, alone["full"], after)
        assert lost == bool(off(alone, [change], LADDER))
    kept = Change("full", KEY, Entry(1, 2, 10_000), Entry(None, 2, 10_000))
    assert {("full", KEY)} == off(alone | {"full": kept.before}, [kept], LADDER)
    assert ((1,), (2,)) == (
        taken_away(kept),
        taken_away(Change("full", KEY, Entry(None, 2, 2), Entry(None, 2, 1))),
    )
