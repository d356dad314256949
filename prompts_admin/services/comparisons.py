"""Comparisons as JSON, and the comparisons that a release is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompts_admin.domain.comparison import Comparison, compare
from prompts_admin.domain.releases import Item, replaced_version
from prompts_admin.domain.stages import STAGES
from prompts_admin.services.work import Work
from prompts_admin.store import artifacts
from prompts_admin.store.artifacts import Inner, Version, VersionId


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return {changes: [{class, path, sentence, before, after, words}]}."""
    return {
        "changes": [
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
    }


def item_comparisons(work: Work, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return, for each item, what would change for the people on its stage, inside what it pins too."""
    moves = [(item, replaced_version(item)) for item in items]
    wanted = {(item.key, v) for item, old in moves for v in (old, item.version) if v is not None}
    contained = artifacts.contained_in(work.connection, wanted)
    inner = {(i.key, i.number) for inners in contained.values() for i in inners}
    found = artifacts.find_versions(work.connection, wanted | inner)
    moves.sort(key=lambda move: (move[0].key, STAGES.index(move[0].stage)))
    return [_comparison(item, old, contained, found) for item, old in moves if item.version is not None]


def _comparison(
    item: Item,
    replaced: int | None,
    contained: Mapping[VersionId, Sequence[Inner]],
    found: Mapping[VersionId, Version],
) -> dict[str, Any]:
    old, new = found.get((item.key, replaced or 0)), found[item.key, item.version or 0]
    before = {i.key: i.number for i in contained.get((item.key, replaced or 0), ())}
    after = {i.key: i.number for i in contained.get((item.key, item.version or 0), ())}
    inside = [
        {"key": key, "from": before[key], "to": number}
        | comparison_json(compare(found[key, before[key]].content, found[key, number].content))
        for key, number in sorted(after.items())
        if key in before and before[key] != number
    ]
    where = {"key": item.key, "stage": item.stage, "from": replaced, "to": item.version}
    return where | comparison_json(compare(old.content if old else None, new.content)) | {"inside": inside}
