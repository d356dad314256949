"""Off: the places at which changes leave somebody without an answer who gets one now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.stages import EMPTY, STAGES, WHOLE, Entry
from prompts_admin.domain.targeting.audiences import NOBODY, Audience, is_within


def places_off(
    changes: Iterable[Change], entries: Mapping[Place, Entry], audiences: Mapping[str, Audience]
) -> frozenset[Place]:
    """Return the places at which somebody who gets an answer there now would get none after all of `changes`.

    `entries` has what stands on every stage of the changed artifacts. People who go on to another stage that
    answers them after the changes are not without: that is a way back like any other. A stage without
    audience has nobody.
    """
    made = list(changes)
    after = {**entries, **{change.place: change.after for change in made}}
    return frozenset(
        change.place for change in made if takes_away(change) and not _is_caught(change, after, audiences)
    )


def takes_away(change: Change) -> bool:
    """Tell whether fewer people of its stage are answered at the place after a change."""
    return _reach(change.after) < _reach(change.before)


def taken_away(change: Change) -> tuple[int, ...]:
    """Return the versions whose people are fewer after a change that takes away."""
    before = [version for version in (change.before.settled, change.before.candidate) if version is not None]
    gone = tuple(version for version in before if not change.after.runs(version))
    return gone or tuple(before)


def _is_caught(change: Change, after: Mapping[Place, Entry], audiences: Mapping[str, Audience]) -> bool:
    """Tell whether whoever was answered at a place is, for certain, in the reach of another stage."""
    # A user has the same place in the shares of all stages, so a share that is no smaller has them all.
    others = [
        audiences.get(stage, NOBODY)
        for stage in STAGES
        if stage != change.stage and _reach(after.get((stage, change.key), EMPTY)) >= _reach(change.before)
    ]
    return is_within(audiences.get(change.stage, NOBODY), others)


def _reach(entry: Entry) -> int:
    """Return how many of a stage's people are answered here, in thousandths of a percent."""
    return WHOLE if entry.settled is not None else entry.percentage
