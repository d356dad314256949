"""Operations that put back what worked before."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, KeyOrDotted, Moment, Named, Number, Segment, Stage, Text
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.keys import parse_key
from prompts_admin.services.rollback import rollback as rollback_use_cases
from prompts_admin.services.rollback.removal_plan import RollbackRequest


class RollbackBody(Body):
    """What to remove: named versions, or all of a release that is current."""

    keys: list[Named] = Field(default_factory=list, max_length=200)
    release: Number | None = None
    expect: dict[KeyOrDotted, Number] = Field(
        default_factory=dict, description="The version believed to run, by key."
    )
    stages: list[Stage] = Field(default_factory=list, description="Empty: every stage that runs it.")
    to: Number | Literal["none"] | None = Field(None, description="A version to settle; `none` switches off.")
    or_none: bool = Field(False, description="Switch off where there is nothing to go back to.")
    only: bool = Field(False, description="Leave the prompts that pin a bad model or snippet.")
    reason: Text = ""
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> RollbackBody:
        if bool(self.keys) == (self.release is not None):
            raise ValueError("give one of 'keys' and 'release'")
        return self

    def request(self) -> RollbackRequest:
        """Return what is asked for."""
        return RollbackRequest(
            keys=tuple(self.keys),
            release=self.release,
            expect={parse_key(key): version for key, version in self.expect.items()},
            stages=tuple(self.stages),
            to=None if self.to is None else str(self.to),
            or_none=self.or_none,
            only=self.only,
            reason=self.reason,
            dry_run=self.dry_run,
        )


class RestoreBody(Body):
    """A feature, or all of the workspace, and the moment."""

    feature: Segment | None = None
    all: bool = Field(False, description="The whole workspace instead of one feature.")
    at: Moment
    exact: bool = Field(False, description="Also where that leaves somebody without an answer.")
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> RestoreBody:
        if self.all == (self.feature is not None):
            raise ValueError("give one of 'feature' and 'all'")
        return self


def rollback(call: Call) -> Answer:
    return _answer(call.do(rollback_use_cases.rollback, call.body(RollbackBody).request()))


def restore(call: Call) -> Answer:
    asked = call.body(RestoreBody)
    return _answer(
        call.do(
            rollback_use_cases.restore,
            feature=asked.feature,
            at=asked.at,
            exact=asked.exact,
            dry_run=asked.dry_run,
        )
    )


def _answer(document: dict[str, Any]) -> Answer:
    return Answer(document, 201 if "number" in document else 200)


OPERATIONS = (
    Operation(
        method="POST",
        path="/rollbacks",
        name="roll_back",
        summary="Remove named versions from the stages that run them; no sign-off is needed.",
        access="roll_back",
        run=rollback,
        body=RollbackBody,
        answers={201: "PutBack", 200: "PutBack"},
        refusals=(
            "ambiguous",
            "not_found",
            "forbidden",
            "already_rolled_back",
            "not_live",
            "expectation_failed",
            "no_target",
            "undo_instead",
            "would_switch_off",
            "nothing_changes",
        ),
        limit="write",
        idempotent=True,
        description="The answer is the release that was made (201), or with `dry_run` the plan (200). What has "
        "nothing to go back to stays, is named in `left_on`, and is switched off by the command in `switch_off`; "
        "where nothing else could go it is refused.",
        example={
            "keys": ["support/triage@7"],
            "expect": {"support/triage": 7},
            "reason": "Sends refunds to sales",
        },
    ),
    Operation(
        method="POST",
        path="/restores",
        name="restore",
        summary="Settle again what was settled at a moment.",
        access="restore",
        run=restore,
        body=RestoreBody,
        answers={201: "PutBack", 200: "PutBack"},
        refusals=("not_found", "forbidden", "nothing_changes"),
        limit="write",
        idempotent=True,
        description="The answer is the release that was made (201), or with `dry_run` the plan (200).",
        example={"feature": "support", "at": "2026-11-20T18:00:00Z", "dry_run": True},
    ),
)
