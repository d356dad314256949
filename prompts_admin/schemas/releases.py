"""Releases, and what putting back adds to them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from prompts_admin.schemas.artifacts import Change
from prompts_admin.schemas.base import Document, Json, Moment, Stage


class Item(Document):
    """What a release does at one place."""

    stage: Stage
    key: str
    from_: int | None = Field(alias="from")
    from_settled: int | None
    from_candidate: int | None
    from_percentage: float | None
    to: int | None
    percentage: float
    up_to: float
    digest: str | None
    settles: bool
    state: str


class Missing(Document):
    """Sign-offs that are still needed, and who can give them."""

    role: str
    count: int
    people: list[str]


class Check(Document):
    """What a check of the policy says: pass, fail or inconclusive."""

    name: str
    outcome: str
    detail: str


class Seen(Document):
    """What a signer saw of one item, and signed."""

    stage: Stage
    key: str
    digest: str | None = Field(description="None when the item switches something off.")
    settled_digest: str | None = Field(description="What was settled there, None for nothing.")
    up_to: float = Field(description="The share that the yes allows, in percent.")


class SignOff(Document):
    """A person's yes or no; `counts` is false when what was signed is no longer what is proposed."""

    email: str
    role: str
    verdict: str
    note: str
    at: Moment
    via: str
    saw: list[Seen]
    counts: bool


class Undo(Document):
    """How to put back what stood before."""

    release: int
    until: Moment
    command: str


class Release(Document):
    """A set of changes, applied whole or not at all."""

    number: int
    kind: str
    state: str
    feature: str | None
    stage: Stage | None
    note: str
    reason: str
    items: list[Item] = Field(description="Those that the asker may read.")
    hidden_items: int = Field(description="How many more there are that the asker may not read.")
    missing: list[Missing]
    checks: list[Check]
    signoffs: list[SignOff]
    revision: int | None
    proposed_by: str
    proposed_at: Moment
    via: str
    apply: str
    apply_at: Moment | None
    live_at: Moment | None
    changed_at: Moment
    changed_by: str
    break_glass: str | None
    again_of: int | None
    undo_of: int | None
    acknowledge: list[str]
    left_behind: list[Json]
    takes_along: list[Json]
    undo: Undo | None
    next: str = Field(description="What to do next, in a sentence; empty when nothing is left to do.")


class ProposedRelease(Release):
    """A release after proposing."""

    created: bool = Field(description="False: an identical open release was there already.")


class Event(Document):
    """One line of a release's discussion and course."""

    event: str
    at: Moment
    by: str
    text: str


class Inside(Document):
    """What changes in an artifact that the item pins."""

    key: str
    from_: int = Field(alias="from")
    to: int
    changes: list[Change]


class Comparison(Document):
    """What changes for the people on an item's stage."""

    key: str
    stage: Stage
    from_: int | None = Field(alias="from")
    to: int | None
    changes: list[Change]
    breaking: list[str] = Field(description="How callers of the old version are broken by the new one.")
    inside: list[Inside]


class ReleaseInFull(Release):
    """A release with its comparison and its discussion."""

    comparisons: list[Comparison]
    events: list[Event]


class SwitchOff(Document):
    """How to take away what was left on."""

    command: str


class PutBack(Document):
    """A rollback or restore: the release that was made, or with `dry_run` the plan."""

    left_on: list[Json] | None = Field(
        None, description="What a rollback left: nothing to go back to, and somebody would get nothing."
    )
    switch_off: SwitchOff | None = Field(None, description="How to switch off what was left on.")
    number: int | None = None
    dry_run: bool | None = None
    changes: list[Json] | None = None
    takes_along: list[Json] | None = None
    left_behind: list[Any] | None = None
    not_permitted: list[Json] | None = None
    still_serving: list[Json] | None = None
    switched_off: list[Json] | None = None
    turns_stale: list[Json] | None = None
    skipped: list[Json] | None = None
    left: list[Json] | None = None
    hidden_items: int | None = Field(None, description="How many more there are that the asker may not read.")
