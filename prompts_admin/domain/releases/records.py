"""The nouns of releases: items and changes, releases and their states, sign-offs, history, what is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import EMPTY, WHOLE, Entry, Share, Stage

Place = tuple[Stage, str]
"""(stage, key): where one entry stands."""


@dataclass(frozen=True)
class Item:
    """One asked-for change: on `stage`, `key` goes to `version` for a share of it, `percentage`.

    `version` None switches off; `basis` is what stood there when it was proposed; `up_to` is the share
    that a sign-off of this item allows.
    """

    stage: Stage
    key: str
    version: int | None
    percentage: Share = WHOLE
    up_to: Share = WHOLE
    basis: Entry = EMPTY
    digest: str | None = None
    settled_digest: str | None = None

    @property
    def place(self) -> Place:
        """Where the item changes something."""
        return (self.stage, self.key)


@dataclass(frozen=True)
class Change:
    """What a release did at one place."""

    stage: Stage
    key: str
    before: Entry
    after: Entry

    @property
    def place(self) -> Place:
        """Where the change happened."""
        return (self.stage, self.key)


@dataclass(frozen=True)
class HistoryLine:
    """One line of a place's history."""

    release: int
    kind: str
    at: datetime
    by: str
    before: Entry
    after: Entry


@dataclass(frozen=True)
class Subject:
    """What a signer signs for one item: these digests at this stage, up to this share."""

    stage: Stage
    key: str
    digest: str | None
    settled_digest: str | None
    up_to: Share

    @classmethod
    def of(cls, item: Item) -> Subject:
        """Return what somebody who signs `item` signs."""
        return cls(item.stage, item.key, item.digest, item.settled_digest, item.up_to)

    def covers(self, item: Item) -> bool:
        """Tell whether this signature is about exactly that item and share."""
        return self == Subject(item.stage, item.key, item.digest, item.settled_digest, self.up_to) and (
            item.percentage <= self.up_to
        )


@dataclass(frozen=True)
class Release:
    """A release as it was proposed; this never changes."""

    number: int
    kind: str
    feature: str | None
    stage: Stage | None
    note: str
    proposed_by: str
    via: str
    proposed_at: datetime
    apply: str = "when_approved"
    apply_at: datetime | None = None
    break_glass: str | None = None
    again_of: int | None = None
    undo_of: int | None = None
    acknowledge: tuple[str, ...] = ()
    basis: Json = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """Where a release stands."""

    release: int
    state: str
    changed_at: datetime
    changed_by: str
    reason: str = ""
    live_at: datetime | None = None
    revision: int | None = None


@dataclass(frozen=True)
class Signature:
    """One row of the sign-off book."""

    release: int
    email: str
    role: str
    verdict: str
    subjects: tuple[Subject, ...]
    note: str
    via: str
    at: datetime


@dataclass(frozen=True)
class Event:
    """One line of a release's discussion and history."""

    release: int
    event: str
    at: datetime
    by: str
    text: str = ""


def standing(signatures: Sequence[Signature]) -> tuple[Signature, ...]:
    """Return each person's last word, leaving out what was taken back."""
    last: dict[str, Signature] = {}
    for signature in signatures:
        last[signature.email] = signature
    return tuple(signature for signature in last.values() if signature.verdict != "take_back")


@dataclass(frozen=True)
class Slot:
    """Since when, by whom and by which release one half of an entry stands."""

    release: int
    at: datetime
    by: str


@dataclass(frozen=True)
class LiveEntry:
    """An entry and where its two halves came from."""

    entry: Entry
    settled: Slot | None
    candidate: Slot | None


@dataclass(frozen=True)
class ItemState:
    """What became of one item of a live release, and which release ended it."""

    release: int
    stage: Stage
    key: str
    state: str
    ended_by: int | None = None


@dataclass(frozen=True)
class CurrentItem:
    """An item that is current, what it asked for, and the line of history that it wrote."""

    state: ItemState
    item: Item
    line: HistoryLine


@dataclass(frozen=True)
class Admittance:
    """An item of a promotion that went live, and whether the glass was broken for it."""

    release: int
    place: Place
    version: int
    percentage: Share
    break_glass: bool
