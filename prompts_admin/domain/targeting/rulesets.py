"""What an artifact has on the stages, made ready for deciding: each answer exists before anybody asks.

Reasons are OpenFeature's words:

=================  =====================================================================================
STATIC             nothing about the user could change it: settled for everybody, nothing narrower
DEFAULT            settled for everybody, after narrower stages were passed by
TARGETING_MATCH    settled on a stage whose rules the user matches
SPLIT              a candidate's share was asked: the user is inside, or got what stands behind it
DISABLED           the artifact is known and has nothing for this user; the caller's default counts
ERROR              for callers alone: an answer that did not come by these rules
=================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prompts_admin.domain.stages import NO_SHARE, STAGES, Entry, Share, Stage
from prompts_admin.domain.targeting.audiences import EVERYBODY, NOBODY, Audience

STATIC = "STATIC"
DEFAULT = "DEFAULT"
TARGETING_MATCH = "TARGETING_MATCH"
SPLIT = "SPLIT"
DISABLED = "DISABLED"
ERROR = "ERROR"

TARGETING_KEY = "user"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a user gets of one artifact; `version` and `stage` are None when there is nothing (DISABLED)."""

    version: int | None
    stage: Stage | None
    reason: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One non-empty stage of an artifact, with the answers that it can give made beforehand."""

    stage: Stage
    audience: Audience
    percentage: Share
    candidate: Resolution | None
    settled: Resolution | None
    behind: Resolution | None
    """The settled version once a share was asked: the same, but the reason is SPLIT."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The non-empty stages of one artifact, narrowest first, and what its shares are hashed by."""

    seed: str
    bucket_by: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Ruleset:
    """Everything that decides who gets which version, by key; an artifact never released is absent."""

    ladders: Mapping[str, Ladder] = field(default_factory=dict)


def build_ladder(
    key: str, entries: Mapping[str, Entry], *, audiences: Mapping[str, Audience], bucket_by: str | None = None
) -> Ladder:
    """Return the ladder of an artifact from its entries by stage; a stage without audience has nobody."""
    rungs: list[Rung] = []
    for stage in STAGES:
        entry = entries.get(stage)
        if entry is not None and not entry.is_empty:
            rungs.append(_rung(stage, entry, audiences.get(stage, NOBODY), is_first=not rungs))
    return Ladder(f"{key.partition('/')[0]}:", bucket_by or TARGETING_KEY, tuple(rungs))


def build_ruleset(
    entries: Mapping[str, Mapping[str, Entry]],
    *,
    audiences: Mapping[str, Audience],
    bucket_by: Mapping[str, str | None] | None = None,
) -> Ruleset:
    """Return the rules for entries by key and stage; `bucket_by` holds the attribute of a feature, if any.

    A key with no entries is an artifact that was released once and is switched off: it answers DISABLED.
    """
    chosen = bucket_by or {}
    made: dict[object, Ladder] = {}
    ladders: dict[str, Ladder] = {}
    for key, on in entries.items():
        feature = key.partition("/")[0]
        # Artifacts of a feature that stand alike share one ladder: thousands need the memory of a few.
        alike = (feature, *on.items())
        ladder = made.get(alike)
        if ladder is None:
            ladder = build_ladder(key, on, audiences=audiences, bucket_by=chosen.get(feature))
            made[alike] = ladder
        ladders[key] = ladder
    return Ruleset(ladders)


def on_stage(ladder: Ladder, stage: Stage) -> Ladder:
    """Return the ladder of somebody who is on one stage, with no other stage behind it."""
    rungs = tuple(_alone(rung) for rung in ladder.rungs if rung.stage == stage)
    return Ladder(ladder.seed, ladder.bucket_by, rungs)


def _rung(stage: Stage, entry: Entry, audience: Audience, *, is_first: bool) -> Rung:
    reason = TARGETING_MATCH
    if audience.everybody:
        reason = STATIC if is_first else DEFAULT
    candidate = None if entry.candidate is None else Resolution(entry.candidate, stage, SPLIT)
    settled = None if entry.settled is None else Resolution(entry.settled, stage, reason)
    behind = None if entry.settled is None else Resolution(entry.settled, stage, SPLIT)
    percentage = entry.percentage if candidate else NO_SHARE
    return Rung(stage, audience, percentage, candidate, settled, behind)


def _alone(rung: Rung) -> Rung:
    entry = Entry(
        settled=rung.settled.version if rung.settled else None,
        candidate=rung.candidate.version if rung.candidate else None,
        percentage=rung.percentage,
    )
    return _rung(rung.stage, entry, EVERYBODY, is_first=True)
