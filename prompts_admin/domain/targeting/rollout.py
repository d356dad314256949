"""Which version a user gets: the ladder is walked from the narrowest stage, and shares are cut by a hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mmh3

from prompts_admin.domain.stages import NO_SHARE, STAGES, WHOLE, Share, Stage, position
from prompts_admin.domain.targeting.conditions import as_text
from prompts_admin.domain.targeting.contexts import Context as Context
from prompts_admin.domain.targeting.rulesets import DISABLED, Ladder, Rung, on_stage
from prompts_admin.domain.targeting.rulesets import Resolution as Resolution
from prompts_admin.domain.targeting.rulesets import Ruleset as Ruleset

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage said on the way to an answer.

    `outcome` is `empty` (nothing stands there), `not_matched` (the user is not in its audience),
    `candidate`, `settled`, or `outside` (not in the candidate's share, and nothing settled behind it).
    `rule` is the number of the audience's rule that matched, 0 for everybody. `bucket` is the user's place, below
    the whole, None where no share was asked or the user has no value to hash.
    """

    stage: Stage
    outcome: str
    version: int | None = None
    rule: int | None = None
    bucket: Share | None = None
    percentage: Share = NO_SHARE


def bucket(feature: str, value: str) -> int:
    """Return the place of a value in a feature, 0 to 99 999.

    MurmurHash3 x86 32 bit, seed 0, of the UTF-8 of `feature:value`, scaled by multiplication (flagd's second
    fractional formula). Raises `UnicodeEncodeError` for text that has no UTF-8.
    """
    return scaled(f"{feature}:{value}", WHOLE)


def scaled(text: str, weight: int) -> int:
    """Return a whole number from 0 up to `weight`, evenly by the hash: `hash * weight >> 32`.

    Raises `UnicodeEncodeError` for text that has no UTF-8.
    """
    # Never hand mmh3 the text itself: a lone surrogate in it ends the process.
    return (mmh3.mmh3_32_uintdigest(text.encode()) * weight) >> 32


def inside(feature: str, value: str | None, percentage: Share) -> bool:
    """Tell whether a value is in a share; without a value it never is."""
    return place_of(f"{feature}:", value) < percentage


def place_of(seed: str, value: object) -> int:
    """Return the bucket of an attribute's value, WHOLE (outside every share) when there is none to hash.

    `seed` is the feature with a colon.
    """
    text = as_text(value)
    if not text:
        return WHOLE
    try:
        return scaled(seed + text, WHOLE)
    except UnicodeEncodeError:
        return WHOLE


def resolve(ruleset: Ruleset, key: str, context: Context) -> Resolution | None:
    """Return what the context gets of an artifact, None when it was never released."""
    ladder = ruleset.ladders.get(key)
    return None if ladder is None else walk(ladder, context.values())


def resolve_on(ruleset: Ruleset, key: str, stage: Stage, context: Context) -> Resolution | None:
    """Return what the context would get as one of a stage's audience, with no other stage behind it."""
    ladder = ruleset.ladders.get(key)
    if ladder is None:
        return None
    return walk(on_stage(ladder, stage), context.values())


def explain(ruleset: Ruleset, key: str, context: Context) -> tuple[Step, ...]:
    """Return what each stage said, narrowest first, up to the one that answered; `()` when never released."""
    ladder = ruleset.ladders.get(key)
    if ladder is None:
        return ()
    said: list[Step] = []
    answer = walk(ladder, context.values(), said)
    by_stage = {step.stage: step for step in said}
    last = position(answer.stage) if answer.stage else len(STAGES) - 1
    return tuple(by_stage.get(stage, Step(stage, "empty")) for stage in STAGES[: last + 1])


def walk(ladder: Ladder, values: Mapping[str, Any], steps: list[Step] | None = None) -> Resolution:
    """Decide for attributes by name (`Context.values()`), and note in `steps` what each stage said.

    This is the only place that decides, for serving and for explaining; it hashes at most once.
    """
    place = _UNKNOWN
    for rung in ladder.rungs:
        rule = rung.audience.matching_rule(values)
        if rule is None:
            if steps is not None:
                steps.append(Step(rung.stage, "not_matched"))
            continue
        if rung.candidate is not None and place == _UNKNOWN:
            place = place_of(ladder.seed, values.get(ladder.bucket_by))
        answer = _answer(rung, place)
        if steps is not None:
            steps.append(_step(rung, rule, place, answer))
        if answer is not None:
            return answer
    return _NOTHING


_NOTHING = Resolution(None, None, DISABLED)


def _answer(rung: Rung, place: int) -> Resolution | None:
    if place == _UNKNOWN:
        return rung.settled
    return rung.candidate if place < rung.percentage else rung.behind


def _step(rung: Rung, rule: int, place: int, answer: Resolution | None) -> Step:
    asked = rung.candidate is not None
    outcome = "outside" if answer is None else ("candidate" if answer is rung.candidate else "settled")
    return Step(
        rung.stage,
        outcome,
        version=answer.version if answer else None,
        rule=rule,
        bucket=Share(place) if asked and place < WHOLE else None,
        percentage=rung.percentage,
    )
