"""Operations on settings: what decides who is served and who must sign."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Nothing, Number, NumberedPage, Query, Role, Text
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.api.resources.releases import NoteBody
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import SEGMENT
from prompts_admin.services.policies import changes as policy_changes
from prompts_admin.services.policies import lists as policy_lists

Scope = Annotated[str, StringConstraints(pattern=f"^({SEGMENT})?$")]
"""A feature, or empty for the workspace."""


class SettingsQuery(NumberedPage):
    """Which changes."""

    scope: Scope | None = None
    state: Literal["proposed", "applied", "refused", "withdrawn", "stale", "undone"] | None = None


class CurrentQuery(Query):
    """Whose settings."""

    scope: Scope = Field("", description="A feature; empty for the workspace.")


class SettingsBody(Body):
    """The document that shall be in force; for a feature what is left out stays."""

    scope: Scope = Field("", description="A feature; empty for the workspace.")
    document: Json
    note: Text = ""
    base: Number | None = Field(
        None, description="The version that the document was made from; refused when another is in force."
    )


class VerdictBody(Body):
    """A yes or no."""

    verdict: Literal["approve", "refuse", "take_back"]
    role: Role | None = None
    note: Text = ""


def list_settings(call: Call) -> Answer:
    return Answer(call.look(policy_lists.list_settings, **call.query(SettingsQuery).model_dump()))


def show_settings(call: Call) -> Answer:
    return Answer(call.look(policy_lists.show_settings, call.number))


def current_settings(call: Call) -> Answer:
    return Answer(call.look(policy_lists.current_settings, call.query(CurrentQuery).scope))


def propose(call: Call) -> Answer:
    asked = call.body(SettingsBody)
    document = call.do(policy_changes.propose_settings, **asked.model_dump())
    return Answer(document, 201, {"Location": f"{call.request.path}/{document['number']}"})


def sign(call: Call) -> Answer:
    asked = call.body(VerdictBody)
    return Answer(call.do(policy_changes.sign_settings, call.number, **asked.model_dump()))


def apply(call: Call) -> Answer:
    return Answer(call.do(policy_changes.apply_settings, call.number))


def withdraw(call: Call) -> Answer:
    return Answer(call.do(policy_changes.withdraw_settings, call.number, call.body(NoteBody).note))


def undo(call: Call) -> Answer:
    return Answer(call.do(policy_changes.undo_settings, call.number), 201)


CHANGE = "/settings/{number}"
OPEN = ("not_found", "forbidden", "not_open")
OPERATIONS = (
    Operation(
        method="GET",
        path="/settings",
        name="list_settings",
        summary="List settings changes, newest first.",
        access="read",
        run=list_settings,
        query=SettingsQuery,
        answers={200: "list of SettingsChange"},
    ),
    Operation(
        method="GET",
        path="/settings/current",
        name="current_settings",
        summary="Show the settings in force.",
        access="read",
        run=current_settings,
        query=CurrentQuery,
        answers={200: "CurrentSettings"},
        refusals=("not_found",),
    ),
    Operation(
        method="GET",
        path=CHANGE,
        name="show_settings",
        summary="Show one settings change.",
        access="read",
        run=show_settings,
        answers={200: "SettingsChange"},
        refusals=("not_found",),
    ),
    Operation(
        method="POST",
        path="/settings",
        name="propose_settings",
        summary="Propose a change of policy, audiences, bucketing or classification.",
        access="propose_settings",
        run=propose,
        body=SettingsBody,
        answers={201: "SettingsChange"},
        refusals=("not_found", "forbidden", "nothing_changes", "expectation_failed", "invalid_content"),
        limit="write",
        idempotent=True,
        example={
            "scope": "support",
            "document": {"policy": {"beta": {"sign_off": {"ml": 1}}}},
            "note": "One expert is enough for beta",
        },
    ),
    Operation(
        method="POST",
        path=f"{CHANGE}/signoffs",
        name="sign_settings",
        summary="Approve or refuse a settings change in a role that you hold, or take your answer back.",
        access="sign",
        run=sign,
        body=VerdictBody,
        answers={200: "SettingsChange"},
        refusals=(*OPEN, "barred", "stale"),
        limit="write",
        idempotent=True,
        example={"verdict": "approve"},
    ),
    Operation(
        method="POST",
        path=f"{CHANGE}/apply",
        name="apply_settings",
        summary="Put a settings change into force whose sign-offs are complete.",
        access="propose_settings",
        run=apply,
        body=Nothing,
        answers={200: "SettingsChange"},
        refusals=(*OPEN, "check_failed", "stale"),
        limit="write",
        idempotent=True,
    ),
    Operation(
        method="POST",
        path=f"{CHANGE}/withdraw",
        name="withdraw_settings",
        summary="Close an open settings change.",
        access="propose_settings",
        run=withdraw,
        body=NoteBody,
        answers={200: "SettingsChange"},
        refusals=OPEN,
        limit="write",
        idempotent=True,
    ),
    Operation(
        method="POST",
        path=f"{CHANGE}/undo",
        name="undo_settings",
        summary="Put back what was in force before a settings change.",
        access="propose_settings",
        run=undo,
        body=Nothing,
        answers={201: "SettingsChange"},
        refusals=("not_found", "forbidden", "undo_refused", "stale"),
        limit="write",
        idempotent=True,
    ),
)
