"""Ladders made into functions for programs that ask a million times a second.

`rollout.walk` is the rule, and says why; what is made here answers the same (property tests hold the two
together, and both are held to the published vectors) without a context object, copies or parsing.
"""

# ruff: noqa: ARG001, ARG005 - all that is made here takes the same three arguments

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mmh3 import mmh3_32_uintdigest

from prompts_admin.domain.stages import WHOLE
from prompts_admin.domain.targeting.audiences import Audience, Condition
from prompts_admin.domain.targeting.conditions import Test, compile_test, wanted_texts
from prompts_admin.domain.targeting.rollout import place_of
from prompts_admin.domain.targeting.rulesets import DISABLED, TARGETING_KEY, Ladder, Resolution, Rung

Groups = list[str] | tuple[str, ...] | set[str] | frozenset[str]
Matches = Callable[[Any, Any, Mapping[str, Any]], bool]
Decide = Callable[[Any, Any, Mapping[str, Any]], int]
"""Takes the user, the groups (a list, tuple or set of texts) and the attributes; gives a place in `answers`."""

_NO_GROUP = object()


class _OneAttribute(NamedTuple):
    """An attribute that is to be among some texts, or what `test` holds of when it is no text."""

    name: str | None
    texts: frozenset[str]
    test: Test


class _Crowd(NamedTuple):
    """Whom a rung is for, the usual rules apart from all others: any of them will do."""

    everybody: bool
    group: object
    attribute: _OneAttribute
    others: Matches | None


class _Step(NamedTuple):
    """A rung whose answers are places in `Decider.answers`; `share` is out of WHOLE."""

    crowd: _Crowd
    share: int
    candidate: int | None
    settled: int | None
    behind: int | None

    def flat(self) -> _FlatStep:
        """Return all fields as one tuple: the loop that decides unpacks nothing quicker, and calls nothing."""
        everybody, group, attribute, others = self.crowd
        return (everybody, group, *attribute, others, *self[1:])


_FlatStep = tuple[
    bool,
    object,
    "str | None",
    "frozenset[str]",
    Test,
    "Matches | None",
    int,
    "int | None",
    "int | None",
    "int | None",
]
_NO_ATTRIBUTE = _OneAttribute(None, frozenset(), lambda value: False)


@dataclass(frozen=True, slots=True)
class Decider:
    """A ladder as a function, with the answers that its results are the places of."""

    decide: Decide
    answers: tuple[Resolution, ...]


def compile_decider(ladder: Ladder) -> Decider:
    """Return the function of a ladder; like `rollout.walk` it hashes at most once."""
    answers: list[Resolution] = []
    steps = tuple(
        _step(rung, answers) for rung in ladder.rungs if rung.audience.everybody or rung.audience.rules
    )
    answers.append(Resolution(None, None, DISABLED))
    nothing = len(answers) - 1
    first = steps[0] if steps else None
    if first and first.crowd.everybody and first.candidate is None and first.settled is not None:
        return Decider(_always(first.settled), tuple(answers))
    return Decider(_walking(ladder, steps, nothing), tuple(answers))


def _step(rung: Rung, answers: list[Resolution]) -> _Step:
    places = (_noted(answer, answers) for answer in (rung.candidate, rung.settled, rung.behind))
    return _Step(_crowd(rung.audience), rung.percentage, *places)


def _noted(answer: Resolution | None, answers: list[Resolution]) -> int | None:
    if answer is None:
        return None
    answers.append(answer)
    return len(answers) - 1


def _always(place: int) -> Decide:
    return lambda user, groups, attributes: place


def _walking(ladder: Ladder, steps: tuple[_Step, ...], nothing: int) -> Decide:
    seed, bucket_by = ladder.seed, _bucket_by(ladder)
    # Tests and hash are written out, not called: together they are most of what an answer costs.
    flat = tuple(step.flat() for step in steps)

    def decide(user: Any, groups: Any, attributes: Mapping[str, Any]) -> int:
        place = -1
        for everybody, group, name, texts, test, matches, share, candidate, settled, behind in flat:
            if not (
                everybody
                or group in groups
                or (
                    name is not None
                    and (value := attributes.get(name)) is not None
                    and (value in texts if value.__class__ is str else test(value))
                )
                or (matches is not None and matches(user, groups, attributes))
            ):
                continue
            if candidate is not None:
                if place < 0:
                    value = user or None if bucket_by is None else attributes.get(bucket_by)
                    try:
                        place = mmh3_32_uintdigest((seed + value).encode()) * WHOLE >> 32 if value else -1
                    except (TypeError, UnicodeEncodeError):
                        place = -1
                    if place < 0:
                        place = place_of(seed, value)
                answer = candidate if place < share else behind
            else:
                answer = settled if place < 0 else behind
            if answer is not None:
                return answer
        return nothing

    return decide


def _bucket_by(ladder: Ladder) -> Any:
    """Return the attribute to hash, None for the targeting key; groups are a list, which has no hash."""
    if ladder.bucket_by == TARGETING_KEY:
        return None
    return object() if ladder.bucket_by == "groups" else ladder.bucket_by


def _crowd(audience: Audience) -> _Crowd:
    """Take the two usual kinds of rule, a group and an attribute's value, apart from all others."""
    group: object = _NO_GROUP
    plain = _NO_ATTRIBUTE
    others: list[Matches] = []
    for rule in audience.rules:
        only = rule[0] if len(rule) == 1 and _is_plain(rule[0]) else None
        texts = wanted_texts(only.values) if only else ()
        if only and only.attribute == "groups" and len(texts) == 1 and group is _NO_GROUP:
            group = texts[0]
        elif only and only.attribute not in ("groups", TARGETING_KEY) and plain is _NO_ATTRIBUTE:
            plain = _OneAttribute(only.attribute, frozenset(texts), _test(only))
        else:
            others.append(_all_of(rule))
    return _Crowd(audience.everybody, group, plain, _any_of(tuple(others)))


def _any_of(rules: tuple[Matches, ...]) -> Matches | None:
    if len(rules) < 2:
        return rules[0] if rules else None

    def matches(user: Any, groups: Any, attributes: Mapping[str, Any]) -> bool:
        for rule in rules:  # noqa: SIM110 - a loop costs half of any() with a generator
            if rule(user, groups, attributes):
                return True
        return False

    return matches


def _all_of(rule: tuple[Condition, ...]) -> Matches:
    conditions = tuple(_condition(one) for one in rule)
    if len(conditions) == 1:
        return conditions[0]

    def matches(user: Any, groups: Any, attributes: Mapping[str, Any]) -> bool:
        for holds in conditions:  # noqa: SIM110 - a loop costs half of all() with a generator
            if not holds(user, groups, attributes):
                return False
        return True

    return matches


def _condition(condition: Condition) -> Matches:
    test, name = _test(condition), condition.attribute
    wanted = frozenset(wanted_texts(condition.values))
    if name == TARGETING_KEY:
        return lambda user, groups, attributes: test(user or None)
    if name == "groups" and _is_plain(condition):
        return lambda user, groups, attributes: not wanted.isdisjoint(groups)
    if name == "groups":
        return lambda user, groups, attributes: test(groups)
    if not _is_plain(condition):
        return lambda user, groups, attributes: test(attributes.get(name))

    def holds(user: Any, groups: Any, attributes: Mapping[str, Any]) -> bool:
        value = attributes.get(name)
        return value in wanted if value.__class__ is str else test(value)

    return holds


def _test(condition: Condition) -> Test:
    return compile_test(condition.operator, condition.values, negate=condition.negate)


def _is_plain(condition: Condition) -> bool:
    return condition.operator in ("in", "equals") and not condition.negate
