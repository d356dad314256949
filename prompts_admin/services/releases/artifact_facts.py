"""What the rules look at around a set of artifacts, loaded by as many queries however long their past is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prompts_admin.domain.content.records import Inner, Origin, VersionId
from prompts_admin.domain.releases.records import HistoryLine, Item, LiveEntry, Place
from prompts_admin.domain.stages import EMPTY, Stage, stage_before
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.database.statements import Span
from prompts_admin.store.releases import history, live_versions

NOBODY = LiveEntry(EMPTY, None, None)
EVERY = 1_000_000_000


@dataclass(frozen=True)
class Step:
    """A version that may come to a place where `settled` stands, or stood when it was proposed."""

    stage: Stage
    key: str
    settled: int | None
    version: int


@dataclass(frozen=True)
class Surroundings:
    """Everything that the rules look at around a set of artifacts.

    `lineage` has the origin of every version that they can ask for, `past` the lines of history that decide
    something: see `surroundings`.
    """

    lineage: Mapping[VersionId, Origin]
    contained: Mapping[VersionId, tuple[Inner, ...]]
    live: Mapping[Place, LiveEntry]
    past: Mapping[Place, tuple[HistoryLine, ...]]
    marked: frozenset[tuple[str, str]]

    def digest(self, key: str, number: int | None) -> str | None:
        """Return the digest of a version, None where there is none."""
        return self.lineage[key, number].digest if number is not None else None

    def is_bad(self, key: str, number: int) -> bool:
        """Tell whether a version is marked or contains something marked."""
        inner = {(i.key, i.digest) for i in self.contained.get((key, number), ())}
        return bool(self.marked & {(key, self.lineage[key, number].digest), *inner})

    def entry(self, place: Place) -> LiveEntry:
        """Return what is live at a place."""
        return self.live.get(place, NOBODY)


def steps_of(items: Iterable[Item]) -> list[Step]:
    """Return the steps that items ask for."""
    return [
        Step(item.stage, item.key, item.basis.settled, item.version)
        for item in items
        if item.version is not None
    ]


def surroundings(
    work: Work,
    keys: Sequence[str],
    *,
    steps: Sequence[Step] = (),
    extra: Collection[VersionId] = (),
    live: Mapping[Place, LiveEntry] | None = None,
    most: int = EVERY,
) -> Surroundings:
    """Load what the rules look at around `keys`, for `steps` to be judged; `extra` are more versions.

    Of the past: each place's last line, and the last for each of the `most` versions left there last, which a
    rollback chooses from, and for each step all lines of the stage before that are about its version. `live` saves a
    query where it was loaded in this transaction.
    """
    if live is None:
        live = live_versions.live_entries(work.connection, keys)
    before = {stage: stage_before(stage) for stage in {step.stage for step in steps}}
    passing = [step for step in steps if before[step.stage] is not None]
    past = history.lines_that_decide(
        work.connection,
        keys,
        most=most,
        stages={before[step.stage] or "" for step in passing},
        versions={step.version for step in passing},
    )
    ids = {*extra, *_settled(past), *_running(live), *_ids(steps)}
    contained = artifacts.contained_in(work.connection, ids)
    every = [*keys, *{inner.key for inners in contained.values() for inner in inners}]
    return Surroundings(
        artifacts.lineage_within(work.connection, _spans(ids, contained, steps)),
        contained,
        live,
        past,
        live_versions.marked_subjects(work.connection, every),
    )


def _ids(steps: Iterable[Step]) -> set[VersionId]:
    return {(step.key, v) for step in steps for v in (step.settled, step.version) if v is not None}


def _settled(past: Mapping[Place, Iterable[HistoryLine]]) -> set[VersionId]:
    return {
        (key, v)
        for (_, key), lines in past.items()
        for line in lines
        for v in (line.before.settled, line.after.settled)
        if v is not None
    }


def _running(live: Mapping[Place, LiveEntry]) -> set[VersionId]:
    return {
        (key, v)
        for (_, key), here in live.items()
        for v in (here.entry.settled, here.entry.candidate)
        if v is not None
    }


def _spans(
    ids: Iterable[VersionId], contained: Mapping[VersionId, Sequence[Inner]], steps: Iterable[Step]
) -> set[Span]:
    """Return the versions whose digest or author matters: single ones, and all that lie between."""
    spans = {(key, number, number) for key, number in ids}
    spans |= {(i.key, i.number, i.number) for inners in contained.values() for i in inners}
    for step in steps:
        spans.add(_between(step.key, step.settled, step.version))
        old = {i.key: i.number for i in contained.get((step.key, step.settled or 0), ())}
        for inner in contained.get((step.key, step.version), ()):
            spans.add(_between(inner.key, old.get(inner.key), inner.number))
    return spans


def _between(key: str, settled: int | None, version: int) -> Span:
    return key, min((settled or 0) + 1, version), version
