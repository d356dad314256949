"""What of a release, or of a plan, its asker may read: the rest is counted and neither named nor quoted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.releases.records import Item
from prompts_admin.services.core.clearance import above, cleared
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import releases

Version = tuple[str, int | None]
"""(key, number); None for the artifact alone, when something is switched off."""
UNREADABLE = "something that you may not read"
_OWN = frozenset({"changes", "takes_along", "switched_off"})
"""Lists of what the release itself does: its hidden items count these already."""
_ELSEWHERE = frozenset({"items", "not_permitted"})
"""Lists that are looked at by themselves."""


@dataclass(frozen=True)
class VisibleParts:
    """The items of a release: those that the asker may read, and the others."""

    shown: tuple[Item, ...]
    hidden: tuple[Item, ...] = ()

    @property
    def hidden_keys(self) -> frozenset[str]:
        """The keys that nothing told to the asker names."""
        return frozenset(item.key for item in self.hidden) - {item.key for item in self.shown}

    def quoted(self, text: str) -> str:
        """Return what is kept of the release as it was written, a note or a line of discussion, for the asker."""
        return quoted_without(self.hidden_keys, text)


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


def parts_of(work: Work, numbers: Collection[int]) -> dict[int, VisibleParts]:
    """Return what the asker may read of releases, and what not, by number."""
    return parted(work, releases.items_of(work.connection, numbers))


def require_whole(work: Work, number: int, action: str) -> None:
    """Go on only if the asker may read every item of a release; raises NotPermitted `forbidden`."""
    hidden = parts_of(work, [number])[number].hidden
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
    rows = {
        name: found for name, found in answer.items() if name not in _ELSEWHERE and _is_of_artifacts(found)
    }
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


def quoted_without(hidden: Collection[str], text: str) -> str:
    """Return a text that is kept as it was written, without the keys in `hidden`.

    What is told of a release is built from what the asker may read. A note, a line of discussion and the reason
    for which a release turned stale are kept as finished texts, by or for who could read all of it, and name its
    items: keys are taken out of them here, and out of nothing else.
    """
    return _pattern(frozenset(hidden)).sub(UNREADABLE, text) if hidden else text


def counted(hidden: int) -> str:
    """Return how many items are hidden in words: "2 items that you may not read"."""
    return f"{hidden} item{'' if hidden == 1 else 's'} that you may not read"


def _is_of_artifacts(found: Any) -> bool:
    """Tell whether something is a list of rows about artifacts: a new one is filtered without being named here."""
    return isinstance(found, list) and any(isinstance(row, dict) and "key" in row for row in found)


def _versions(item: Item) -> set[Version]:
    basis = item.basis
    return _all(item.key, (item.version, basis.settled, basis.candidate))


def _named(row: Mapping[str, Any]) -> set[Version]:
    sides = [row[name] for name in ("before", "after") if name in row]
    numbers = [side.get(name) for side in sides for name in ("settled", "candidate")]
    return _all(row["key"], [row.get("version"), *numbers])


def _all(key: str, numbers: Iterable[int | None]) -> set[Version]:
    return {(key, None), *((key, number) for number in numbers if number is not None)}


@lru_cache(64)
def _pattern(keys: frozenset[str]) -> re.Pattern[str]:
    """Return what finds the keys as people write them, with a slash or a dot and with a version or a stage."""
    longest_first = sorted(keys, key=len, reverse=True)
    named = "|".join(re.escape(key).replace("/", "[/.]") for key in longest_first)
    return re.compile(rf"'?(?<![a-z0-9_/-])(?:{named})(?![a-z0-9_/-])(?:@\w+)?'?", re.IGNORECASE)
