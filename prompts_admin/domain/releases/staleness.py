"""What turns a proposal stale by what stands at its places: somebody changed it meanwhile."""

from __future__ import annotations

from prompts_admin.domain.releases.records import Item
from prompts_admin.domain.releases.states import promotion_changes
from prompts_admin.domain.stages import Entry


def is_overtaken(item: Item, now: Entry) -> bool:
    """Tell whether settled or candidate at the item's place differ from what it was proposed against.

    A changed percentage of the same candidate does not overtake a proposal.
    """
    return (now.settled, now.candidate) != (item.basis.settled, item.basis.candidate)


def is_moot(item: Item, now: Entry) -> bool:
    """Tell whether an item was overtaken, or what it asks for is so already."""
    return is_overtaken(item, now) or not promotion_changes((item,), {item.place: now})
