"""What turns stale: open proposals that a change overtakes, or that contain what was rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from prompts_admin.domain import remedies
from prompts_admin.domain.releases.records import Change, Event, Item, Release, State
from prompts_admin.domain.releases.staleness import is_moot
from prompts_admin.domain.releases.states import next_state
from prompts_admin.schemas.remedies import command_of
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import releases


class StaleRelease(TypedDict):
    """A proposal that turned stale, and the command that proposes it afresh."""

    release: int
    stage: str | None
    command: str


def would_turn_stale(
    work: Work, changes: Sequence[Change], marks: frozenset[tuple[str, str]]
) -> list[StaleRelease]:
    """Return the open releases that these changes and marks would close."""
    numbers = sorted({*_overtaken(work, changes), *_tainted(work, marks)})
    found = releases.find_releases(work.connection, numbers) if numbers else {}
    return [
        stale_json(number, found[number].stage)
        for number in numbers
        if work.may("read", found[number].feature)
    ]


def stale_json(number: int, stage: str | None) -> StaleRelease:
    """Return how a proposal that turned stale is proposed afresh."""
    return {"release": number, "stage": stage, "command": command_of(remedies.propose_afresh(number))}


def turn_stale(work: Work, number: int, old: str, reason: str) -> None:
    """Close an open release because what it was proposed against has changed."""
    state = next_state(old, "go_stale", number=number)
    releases.move_state(work.connection, old, State(number, state, work.now, work.actor.label, reason))
    releases.add_event(work.uow, Event(number, "stale", work.now, work.actor.label, reason))
    feature = releases.find_releases(work.connection, [number])[number].feature
    work.record("go_stale", f"release {number}", feature=feature, reason=reason)
    work.announce("notify", {"event": "stale", "release": number})


def close_overtaken(
    work: Work, release: Release, changes: Sequence[Change], rivals: Sequence[int] | None
) -> None:
    """Close the open releases that what `release` changed overtakes; `rivals` where they are known."""
    for number, gone in _overtaken(work, changes, rivals, release.number).items():
        where = ", ".join(f"{item.key} on {item.stage}" for item in gone)
        turn_stale(work, number, _state(work, number), f"Release {release.number} changed {where}.")


def _overtaken(
    work: Work, changes: Sequence[Change], rivals: Sequence[int] | None = None, but: int = 0
) -> dict[int, list[Item]]:
    """Return the open releases that changes overtake, and which of their items."""
    after = {change.place: change.after for change in changes}
    if rivals is None:
        rivals = releases.open_releases_at(work.connection, keys={change.key for change in changes})
    found = {
        number: [item for item in items if item.place in after and is_moot(item, after[item.place])]
        for number, items in _items_of(work, rivals, but).items()
    }
    return {number: gone for number, gone in found.items() if gone}


def close_tainted(work: Work, release: int, subjects: frozenset[tuple[str, str]]) -> None:
    """Close the open releases that contain what `release` marked as rolled back."""
    for number, bad in _tainted(work, subjects, release).items():
        what = ", ".join(f"{item.key}@{item.version}" for item in bad)
        turn_stale(work, number, _state(work, number), f"Release {release} rolled back what {what} contains.")


def _tainted(work: Work, subjects: frozenset[tuple[str, str]], but: int = 0) -> dict[int, list[Item]]:
    """Return the open releases with something that marks on `subjects` would forbid, and which items."""
    open_items = _items_of(work, releases.open_releases_at(work.connection), but)
    ids = {
        (item.key, item.version)
        for items in open_items.values()
        for item in items
        if item.version is not None
    }
    inner = artifacts.contained_in(work.connection, ids)
    found = {
        number: [i for i in items if subjects & {(i.key, i.digest or ""), *_inner(i, inner)}]
        for number, items in open_items.items()
    }
    return {number: bad for number, bad in found.items() if bad}


def _inner(item: Item, inner: Any) -> set[tuple[str, str]]:
    return {(i.key, i.digest) for i in inner.get((item.key, item.version), ())}


def _items_of(work: Work, numbers: Sequence[int], but: int) -> dict[int, tuple[Item, ...]]:
    numbers = [number for number in numbers if number != but]
    return releases.items_of(work.connection, numbers) if numbers else {}


def _state(work: Work, number: int) -> str:
    return releases.states_of(work.connection, [number])[number].state
