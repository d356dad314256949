"""Time lines: what was live of an artifact, or of a feature on one stage, when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts_admin.domain.keys import parse_key
from prompts_admin.domain.releases.records import Place
from prompts_admin.domain.releases.timeline import Band, bands_of, within
from prompts_admin.domain.stages import STAGES, Stage
from prompts_admin.services.artifacts.references import known_artifact
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import timeline

LANES = 20
"""Artifacts of a feature on one page."""
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True)
class Lane:
    """One place and what it served, oldest first."""

    stage: Stage
    key: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Timeline:
    """Lanes over one range of time, both ends in UTC; `next` is the last key when there are more."""

    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    next: str | None = None


def artifact_timeline(work: Work, key: str, *, lasts: timedelta | None = None) -> Timeline:
    """Return what each stage served of an artifact, for `lasts` until now or from the first release on."""
    key = parse_key(key)
    known_artifact(work, key)
    return _timeline(work, [(stage, key) for stage in STAGES], lasts)


def feature_timeline(
    work: Work, feature: str, *, stage: Stage, lasts: timedelta | None = None, after: str = ""
) -> Timeline:
    """Return what one stage served of each artifact of a feature, a page of artifacts at a time."""
    work.require("read", feature)
    keys = timeline.released_page(
        work.connection, feature, stage, over=above(work), after=after, limit=LANES + 1
    )
    more = keys[LANES - 1] if len(keys) > LANES else None
    return _timeline(work, [(stage, key) for key in keys[:LANES]], lasts, more)


def _timeline(
    work: Work, places: Sequence[Place], lasts: timedelta | None, more: str | None = None
) -> Timeline:
    since = work.now - lasts if lasts else None
    stages, keys = _apart(places)
    history = timeline.lines_since(work.connection, keys, stages, since=since)
    bands = {place: bands_of(lines, now=work.now) for place, lines in history.items()}
    first = min((found[0].start for found in bands.values()), default=work.now)
    start = min(since or first, work.now - SHORTEST)
    lanes = (Lane(*place, within(bands.get(place, ()), since=start)) for place in places)
    return Timeline(start, work.now, tuple(lanes), more)


def _apart(places: Sequence[Place]) -> tuple[Collection[str], Collection[str]]:
    return {stage for stage, _ in places}, {key for _, key in places}
