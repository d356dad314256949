"""Releases, and what putting back adds to them."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.schemas.artifacts import Change
from prompts_admin.schemas.base import Description, Moment, Stage


class Place(TypedDict):
    """A stage of an artifact."""

    stage: Stage
    key: str


# `from` is no name of a class body.
_From = TypedDict("_From", {"from": int | None})


class FromEntry(_From):
    """What an item takes the place of."""

    from_settled: int | None
    from_candidate: int | None
    from_percentage: float | None


class Item(Place, FromEntry):
    """What a release does at one place."""

    to: int | None
    percentage: float
    up_to: float
    digest: str | None
    settles: bool
    state: str


class Missing(TypedDict):
    """Sign-offs that are still needed, and who can give them."""

    role: str
    count: int
    people: list[str]


class Check(TypedDict):
    """What a check of the policy says: pass, fail or inconclusive."""

    name: str
    outcome: str
    detail: str


class Seen(TypedDict):
    """What a signer saw of one item, and signed."""

    stage: Stage
    key: str
    digest: Annotated[str | None, Description("None when the item switches something off.")]
    settled_digest: Annotated[str | None, Description("What was settled there, None for nothing.")]
    up_to: Annotated[float, Description("The share that the yes allows, in percent.")]


class SignOff(TypedDict):
    """A person's yes or no; `counts` is false when what was signed is no longer what is proposed."""

    email: str
    role: str
    verdict: str
    note: str
    at: Moment
    via: str
    saw: list[Seen]
    counts: bool


class Undo(TypedDict):
    """How to put back what stood before."""

    release: int
    until: Moment
    command: str


class Release(TypedDict):
    """A set of changes, applied whole or not at all."""

    number: int
    kind: str
    state: str
    feature: str | None
    stage: Stage | None
    note: str
    reason: str
    items: Annotated[list[Item], Description("Those that the asker may read.")]
    hidden_items: Annotated[int, Description("How many more there are that the asker may not read.")]
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
    next: Annotated[str, Description("What to do next, in a sentence; empty when nothing is left to do.")]


class ProposedRelease(Release):
    """A release after proposing."""

    created: Annotated[bool, Description("False: an identical open release was there already.")]


class Event(TypedDict):
    """One line of a release's discussion and course."""

    event: str
    at: Moment
    by: str
    text: str


class _Pinned(TypedDict):
    key: str


_FromVersion = TypedDict("_FromVersion", {"from": int})


class Inside(_Pinned, _FromVersion):
    """What changes in an artifact that the item pins."""

    to: int
    changes: list[Change]


class _Compared(TypedDict):
    key: str
    stage: Stage


class Comparison(_Compared, _From):
    """What changes for the people on an item's stage."""

    to: int | None
    changes: list[Change]
    breaking: Annotated[list[str], Description("How callers of the old version are broken by the new one.")]
    inside: list[Inside]


class ReleaseInFull(Release):
    """A release with its comparison and its discussion."""

    comparisons: list[Comparison]
    events: list[Event]


class SwitchOff(TypedDict):
    """How to take away what was left on."""

    command: str


class PutBack(TypedDict):
    """A rollback or restore: the release that was made, or with `dry_run` the plan."""

    left_on: NotRequired[
        Annotated[
            list[Json] | None,
            Description("What a rollback left: nothing to go back to, and somebody would get nothing."),
        ]
    ]
    switch_off: NotRequired[Annotated[SwitchOff | None, Description("How to switch off what was left on.")]]
    number: NotRequired[int | None]
    dry_run: NotRequired[bool | None]
    changes: NotRequired[list[Json] | None]
    takes_along: NotRequired[list[Json] | None]
    left_behind: NotRequired[list[Any] | None]
    not_permitted: NotRequired[list[Json] | None]
    still_serving: NotRequired[list[Json] | None]
    switched_off: NotRequired[list[Json] | None]
    turns_stale: NotRequired[list[Json] | None]
    skipped: NotRequired[list[Json] | None]
    left: NotRequired[list[Json] | None]
    hidden_items: NotRequired[
        Annotated[int | None, Description("How many more there are that the asker may not read.")]
    ]
