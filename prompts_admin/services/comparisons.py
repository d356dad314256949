"""Comparisons as JSON, and the comparisons that a release is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prompts_admin.domain.comparison import Comparison, compare
from prompts_admin.domain.releases import Item
from prompts_admin.services.work import Work
from prompts_admin.store import artifacts


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
    wanted = {(item.key, v) for item in items for v in (item.basis.settled, item.version) if v is not None}
    contained = artifacts.contained_in(work.connection, wanted)
    inner = {(i.key, i.number) for inners in contained.values() for i in inners}
    found = artifacts.find_versions(work.connection, wanted | inner)
    shown = []
    for item in items:
        old = found.get((item.key, item.basis.settled or 0))
        new = found.get((item.key, item.version or 0))
        if new is None:
            continue
        comparison = comparison_json(compare(old.content if old else None, new.content))
        before = {i.key: i.number for i in contained.get((item.key, item.basis.settled or 0), ())}
        after = {i.key: i.number for i in contained.get((item.key, item.version or 0), ())}
        inside = [
            {"key": key, "from": before[key], "to": number}
            | comparison_json(compare(found[key, before[key]].content, found[key, number].content))
            for key, number in sorted(after.items())
            if key in before and before[key] != number
        ]
        where = {"key": item.key, "stage": item.stage, "from": item.basis.settled, "to": item.version}
        shown.append(where | comparison | {"inside": inside})
    return shown
