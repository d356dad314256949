"""What a release is, the states it goes through, and what it changes on the stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.releases.records import Change, Item, Place
from prompts_admin.domain.stages import EMPTY, WHOLE, Entry, Share, narrower

OPEN_STATES = ("proposed", "approved")
PROMOTING = ("promotion", "initial")
PUTTING_BACK = ("rollback", "undo", "restore")

TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "approve"): "approved",
    ("approved", "lose_approval"): "proposed",
    ("approved", "go_live"): "live",
    ("proposed", "break_glass"): "live",
    ("approved", "break_glass"): "live",
    ("proposed", "refuse"): "refused",
    ("approved", "refuse"): "refused",
    ("proposed", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("proposed", "go_stale"): "stale",
    ("approved", "go_stale"): "stale",
}
"""The one table of (state, event); whatever is not here cannot happen."""


SAID = {
    "sign": "be signed",
    "approve": "be approved",
    "apply": "be applied",
    "refuse": "be refused",
    "withdraw": "be withdrawn",
    "break_glass": "go live",
}
"""How people say what a closed release cannot do."""


def next_state(state: str, event: str, *, number: int) -> str:
    """Return the state after `event`; raise Conflict `not_open` where the table has no such step."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        remedy = remedies.propose_afresh(number) if state == "stale" else remedies.see_release(number)
        text = f"Release {number} is {state}; it cannot {SAID.get(event, event.replace('_', ' '))} any more."
        raise Conflict("not_open", text, remedy) from None


def shown_state(item_states: Iterable[str]) -> str:
    """Return what a release shows after going live, from the states of its items."""
    states = set(item_states)
    if not states or "current" in states:
        return "live"
    return "rolled_back" if "rolled_back" in states else "superseded"


def promoted(entry: Entry, version: int, percentage: Share) -> Entry:
    """Return `entry` after `version` got `percentage` there: all settles it, less makes a candidate."""
    if percentage >= WHOLE:
        return Entry(settled=version)
    return Entry(settled=entry.settled, candidate=version, percentage=percentage)


def promotion_changes(items: Sequence[Item], entries: Mapping[Place, Entry]) -> tuple[Change, ...]:
    """Return what a promotion does: its items, and older versions cleared from narrower stages."""
    changes: list[Change] = []
    for item in items:
        before = entries.get(item.place, EMPTY)
        after = _after(item, before)
        changes.append(Change(item.stage, item.key, before, after))
        if after.settled not in (None, before.settled):
            changes.extend(_cleared_below(item, after.settled, entries))
    return tuple(change for change in changes if change.before != change.after)


def check_moves_something(item: Item) -> None:
    """Refuse an item that leaves its place as it is, or makes the settled version its own candidate."""
    if item.basis == _after(item, item.basis):
        raise Refused(
            "nothing_changes",
            f"'{item.key}@{item.version}' already stands at that share on {item.stage}.",
            "Name another version or percentage.",
        )
    if item.percentage < WHOLE and item.version is not None and item.version == item.basis.settled:
        raise Refused(
            "nothing_changes",
            f"'{item.key}@{item.version}' is settled on {item.stage}: everybody outside a candidate gets it.",
            "Roll it back to remove it; a share of a settled version does not exist.",
        )


def replaced_version(item: Item) -> int | None:
    """Return what the people concerned had before: the candidate, where only that was taken away."""
    only_candidate_goes = item.basis.candidate is not None and item.basis.settled == item.version
    return item.basis.candidate if only_candidate_goes else item.basis.settled


def still_in_place(kind: str, item: Item, placed: Entry, now: Entry) -> bool:
    """Tell whether what a release placed (its `placed` entry) still stands unchanged.

    A candidate that came later beside it takes nothing away from what it settled; where it only took a
    candidate away, it stands as long as there is none. `item.basis` is what stood before it.
    """
    if kind in PUTTING_BACK:
        only_candidate_went = item.basis.candidate is not None and placed == Entry(item.basis.settled)
        if placed.is_empty or only_candidate_went:
            return now == placed
        share = (now.candidate, now.percentage)
        return placed.settled in (None, now.settled) and (
            placed.candidate is None or share == (placed.candidate, placed.percentage)
        )
    if item.percentage >= WHOLE:
        return now.settled == item.version
    return (now.candidate, now.percentage) == (item.version, item.percentage)


def state_when_removed(kind: str) -> str:
    """Return what an item becomes when a release of this kind removes it."""
    return "rolled_back" if kind in PUTTING_BACK else "superseded"


def _after(item: Item, before: Entry) -> Entry:
    return EMPTY if item.version is None else promoted(before, item.version, item.percentage)


def _cleared_below(item: Item, settled: int, entries: Mapping[Place, Entry]) -> list[Change]:
    """Nobody inside may test an older version than the customers get."""
    changes = []
    for stage in narrower(item.stage):
        before = entries.get((stage, item.key), EMPTY)
        changes.append(Change(stage, item.key, before, _without_older(before, settled)))
    return changes


def _without_older(entry: Entry, version: int) -> Entry:
    settled = entry.settled if entry.settled is not None and entry.settled >= version else None
    if entry.candidate is not None and entry.candidate >= version:
        return Entry(settled, entry.candidate, entry.percentage)
    return Entry(settled)
