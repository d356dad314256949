"""Operations on releases."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import (
    Body,
    KeyOrDotted,
    Moment,
    Number,
    NumberedPage,
    Percent,
    Role,
    Segment,
    Stage,
    Text,
)
from prompts_admin.api.contract.operation import Answer
from prompts_admin.domain.keys import parse_key
from prompts_admin.domain.stages import WHOLE, Entry, Share
from prompts_admin.services.notifications import inbox
from prompts_admin.services.releases import lifecycle as release_lifecycle
from prompts_admin.services.releases import lists as release_lists
from prompts_admin.services.releases import signoffs
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.rollback import rollback

State = Literal[
    "open",
    "proposed",
    "approved",
    "live",
    "refused",
    "withdrawn",
    "stale",
    "superseded",
    "rolled_back",
]
OPEN = ("proposed", "approved")


class ReleaseQuery(NumberedPage):
    """Which releases."""

    state: State | None = Field(None, description="`open` means proposed or approved.")
    feature: Segment | None = None
    key: KeyOrDotted | None = None


class ItemBody(Body):
    """One artifact of a proposal."""

    key: KeyOrDotted
    version: Number | None = Field(None, description="Left out: what is settled on the stage before.")
    percentage: Percent = Field(WHOLE, description="Share of the stage in percent; 100 settles it.")
    up_to: Percent | None = Field(None, description="The share up to which sign-off is asked for.")


class EntryBody(Body):
    """What is believed to stand on a stage; nothing, where all is left out."""

    settled: Number | None = None
    candidate: Number | None = None
    percentage: Percent | None = Field(None, description="The candidate's share; left out: whatever it is.")


class ProposalBody(Body):
    """A release to propose; with `again` everything else may be left out."""

    stage: Stage = ""
    items: list[ItemBody] = Field(default_factory=list, max_length=200)
    note: Text = ""
    apply: Literal["when_approved", "manual"] | Moment = "when_approved"
    acknowledge: list[Literal["breaking"]] = Field(default_factory=list, max_length=1)
    break_glass: Text | None = Field(None, description="Why sign-offs, order and waits are skipped.")
    again: Number | None = Field(None, description="The release to propose afresh.")
    expect: dict[KeyOrDotted, EntryBody] = Field(
        default_factory=dict, description="What is believed to stand on the stage, by key."
    )

    def proposal(self) -> Proposal:
        """Return what is proposed."""
        timed = isinstance(self.apply, datetime)
        return Proposal(
            stage=self.stage,
            asks=tuple(
                Ask(item.key, item.version, Share(int(item.percentage)), _share(item)) for item in self.items
            ),
            note=self.note,
            apply="at" if timed else str(self.apply),
            apply_at=self.apply if isinstance(self.apply, datetime) else None,
            acknowledge=tuple(self.acknowledge),
            break_glass=self.break_glass,
            again=self.again,
            expect={parse_key(key): _entry(stands) for key, stands in self.expect.items()},
        )


class SignOffBody(Body):
    """A yes or no."""

    verdict: Literal["approve", "refuse"]
    role: Role | None = Field(None, description="Left out: a role that is asked for and held.")
    note: Text = ""


class NoteBody(Body):
    """A note."""

    note: Text = ""


class UndoBody(Body):
    """Whether to undo also what leaves somebody without an answer."""

    or_none: bool = Field(False, description="Switch off where nothing stood before.")


class CommentBody(Body):
    """A line of discussion."""

    text: Text = Field(min_length=1)


def list_releases(call: Call) -> Answer:
    asked = call.query(ReleaseQuery)
    states = OPEN if asked.state == "open" else (asked.state,) if asked.state else ()
    return Answer(
        call.look(
            release_lists.list_releases,
            states=states,
            feature=asked.feature,
            key=asked.key,
            limit=asked.limit,
            after=asked.after,
        )
    )


def show_release(call: Call) -> Answer:
    return Answer(call.look(release_lists.show_release, call.number))


def waiting(call: Call) -> Answer:
    return Answer(call.look(inbox.waiting))


def propose(call: Call) -> Answer:
    document = call.do(release_lifecycle.propose, call.body(ProposalBody).proposal())
    headers = {"Location": f"{call.request.path}/{document['number']}"}
    return Answer(document, 201 if document["created"] else 200, headers)


def sign(call: Call) -> Answer:
    asked = call.body(SignOffBody)
    return Answer(
        call.do(signoffs.sign, call.number, verdict=asked.verdict, role=asked.role, note=asked.note)
    )


def take_back(call: Call) -> Answer:
    return Answer(call.do(signoffs.take_back, call.number))


def apply(call: Call) -> Answer:
    return Answer(call.do(release_lifecycle.apply, call.number))


def withdraw(call: Call) -> Answer:
    return Answer(call.do(release_lifecycle.withdraw, call.number, call.body(NoteBody).note))


def comment(call: Call) -> Answer:
    return Answer(call.do(release_lifecycle.comment, call.number, call.body(CommentBody).text))


def undo(call: Call) -> Answer:
    return Answer(call.do(rollback.undo, call.number, or_none=call.body(UndoBody).or_none))


def _entry(stands: EntryBody) -> Entry:
    return Entry(stands.settled, stands.candidate, Share(int(stands.percentage or 0)))


def _share(item: ItemBody) -> Share | None:
    return None if item.up_to is None else Share(int(item.up_to))
