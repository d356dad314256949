"""Comparisons as JSON, and the comparisons that a release is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prompts_admin.domain.comparison import Comparison, compare
from prompts_admin.domain.content.records import Inner, Version, VersionId
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.breaking_changes import breaking_changes
from prompts_admin.domain.releases.records import Item
from prompts_admin.domain.releases.states import replaced_version
from prompts_admin.domain.stages import Stage, position
from prompts_admin.schemas.artifacts import Change
from prompts_admin.schemas.releases import Comparison as ComparisonDocument
from prompts_admin.schemas.releases import Inside
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts


def change_documents(comparison: Comparison) -> list[Change]:
    """Return the differences that a comparison found."""
    return [
        {
            "class": change.classification,
            "path": change.path,
            "sentence": change.sentence,
            "before": change.before,
            "after": change.after,
            "words": [{"kind": segment.kind, "text": segment.text} for segment in change.words],
        }
        for change in comparison.changes
    ]


@dataclass(frozen=True)
class Step:
    """What somebody on a stage had and gets: version numbers, None for nothing."""

    key: str
    stage: Stage
    old: int | None
    new: int | None


def item_comparisons(work: Work, items: Sequence[Item]) -> list[ComparisonDocument]:
    """Return, for each item, what would change for the people on its stage, inside what it pins too."""
    steps = [
        Step(item.key, item.stage, replaced_version(item), item.version)
        for item in items
        if item.version is not None
    ]
    return step_comparisons(work, sorted(steps, key=lambda step: (step.key, position(step.stage))))


def step_comparisons(work: Work, steps: Sequence[Step]) -> list[ComparisonDocument]:
    """Return what each step changes, in their order."""
    wanted = {(step.key, v) for step in steps for v in (step.old, step.new) if v is not None}
    contained = artifacts.contained_in(work.connection, wanted)
    inner = {(i.key, i.number) for inners in contained.values() for i in inners}
    found = artifacts.find_versions(work.connection, wanted | inner)
    digests = {place: found[place].digest for place in wanted}
    values = work.values.of(work.connection, digests, inner=contained)
    return [
        {
            "key": step.key,
            "stage": step.stage,
            "from": step.old,
            "to": step.new,
            "changes": _changes(step, found),
            "inside": _inside(step, contained, found),
            "breaking": _breaking(step, values),
        }
        for step in steps
    ]


def _breaking(step: Step, values: Mapping[VersionId, Json]) -> list[str]:
    old, new = values.get((step.key, step.old or 0)), values.get((step.key, step.new or 0))
    return list(breaking_changes(old, new)) if old and new else []


def _changes(step: Step, found: Mapping[VersionId, Version]) -> list[Change]:
    old, new = found.get((step.key, step.old or 0)), found.get((step.key, step.new or 0))
    return change_documents(compare(old.content if old else None, new.content)) if new else []


def _inside(
    step: Step, contained: Mapping[VersionId, Sequence[Inner]], found: Mapping[VersionId, Version]
) -> list[Inside]:
    before = {i.key: i.number for i in contained.get((step.key, step.old or 0), ())}
    after = {i.key: i.number for i in contained.get((step.key, step.new or 0), ())}
    return [
        {
            "key": key,
            "from": before[key],
            "to": number,
            "changes": change_documents(compare(found[key, before[key]].content, found[key, number].content)),
        }
        for key, number in sorted(after.items())
        if key in before and before[key] != number
    ]
