"""What of a release, or of a plan, its asker may read: the rest is counted and neither named nor quoted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Item
from prompts_admin.services.core.clearance import above, cleared
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import releases

T = TypeVar("T")
Version = tuple[str, int | None]
"""(key, number); None for the artifact alone, when something is switched off."""
UNREADABLE = "something that you may not read"
_ROWS = (
    "changes",
    "takes_along",
    "switched_off",
    "left_on",
    "still_serving",
    "left_behind",
    "skipped",
    "left",
)
_OWN = frozenset(_ROWS[:3])
"""Lists of what the release itself does: its hidden items count these already."""


@dataclass(frozen=True)
class VisibleParts:
    """The items of a release: those that the asker may read, and the others."""

    shown: tuple[Item, ...]
    hidden: tuple[Item, ...] = ()

    def told(self, found: T) -> T:
        """Return a document, a list or a text without the keys of hidden items in any of its texts."""
        keys = {item.key for item in self.hidden} - {item.key for item in self.shown}
        if not keys:
            return found
        named = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
        return _without(re.compile(rf"'?(?<![a-z0-9_/-])(?:{named})(?![a-z0-9_/-])(?:@\d+)?'?"), found)


def seen(work: Work, ids: Collection[Version]) -> frozenset[Version]:
    """Return those of `ids` that the asker may read, by role and by clearance."""
    return _reached(work, {one for one in ids if work.may("read", feature_of(one[0]))})


def _reached(work: Work, ids: Collection[Version]) -> frozenset[Version]:
    over = above(work)
    reached = cleared(work, {(key, number) for key, number in ids if number is not None}) if over else ()
    return frozenset(
        one for one in ids if not over or (one in reached if one[1] else feature_of(one[0]) not in over)
    )


def parted(work: Work, items: Mapping[int, Sequence[Item]]) -> dict[int, VisibleParts]:
    """Part the items of releases, by number, into what the asker may read and what not."""
    visible = seen(work, {one for found in items.values() for item in found for one in _versions(item)})

    def may_read(item: Item) -> bool:
        return visible.issuperset(_versions(item))

    return {
        number: VisibleParts(
            tuple(item for item in found if may_read(item)),
            tuple(item for item in found if not may_read(item)),
        )
        for number, found in items.items()
    }


def require_whole(work: Work, number: int, action: str) -> None:
    """Go on only if the asker may read every item of a release; raises NotPermitted `forbidden`."""
    hidden = parted(work, releases.items_of(work.connection, [number]))[number].hidden
    if hidden:
        raise NotPermitted(
            "forbidden",
            f"Release {number} has {counted(len(hidden))}, so you cannot {action} it.",
            "Ask somebody who may read all of it.",
        )


def only_seen(work: Work, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what putting back does without the rows that the asker may not read, counted as `hidden_items`.

    `not_permitted` needs no role there: who takes back a model or a snippet must know who keeps serving it.
    """
    rows = {name: answer[name] for name in _ROWS if name in answer}
    visible = seen(work, {one for found in rows.values() for row in found for one in _named(row)})
    kept = {name: [row for row in found if visible.issuperset(_named(row))] for name, found in rows.items()}
    hidden = {
        (row["stage"], row["key"])
        for name in rows.keys() - (_OWN if "number" in answer else set())
        for row in rows[name]
        if not visible.issuperset(_named(row))
    }
    named = answer.get("not_permitted", ())
    reached = _reached(work, {one for row in named for one in _named(row)})
    left = [row for row in named if reached.issuperset(_named(row))]
    hidden -= {(row["stage"], row["key"]) for row in left}
    kept |= {"not_permitted": left} if "not_permitted" in answer else {}
    return {**answer, **kept, "hidden_items": answer.get("hidden_items", 0) + len(hidden)}


def counted(hidden: int) -> str:
    """Return how many items are hidden in words: "2 items that you may not read"."""
    return f"{hidden} item{'' if hidden == 1 else 's'} that you may not read"


def _versions(item: Item) -> set[Version]:
    basis = item.basis
    return _all(item.key, (item.version, basis.settled, basis.candidate))


def _named(row: Mapping[str, Any]) -> set[Version]:
    sides = [row[name] for name in ("before", "after") if name in row]
    numbers = [side.get(name) for side in sides for name in ("settled", "candidate")]
    return _all(row["key"], [row.get("version"), *numbers])


def _all(key: str, numbers: Iterable[int | None]) -> set[Version]:
    return {(key, None), *((key, number) for number in numbers if number is not None)}


def _without(names: re.Pattern[str], found: T) -> T:
    cleaned: Any = found
    if isinstance(found, str):
        cleaned = names.sub(UNREADABLE, found)
    elif isinstance(found, dict):
        cleaned = {name: _without(names, value) for name, value in found.items()}
    elif isinstance(found, list):
        cleaned = [_without(names, value) for value in found]
    kept: T = cleaned
    return kept
