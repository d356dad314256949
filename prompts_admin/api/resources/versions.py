"""Operations on the versions of an artifact."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, NumberedPage, Text
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.api.contract.preconditions import base_of, etag_of
from prompts_admin.api.resources.artifacts import ARTIFACT
from prompts_admin.domain.json_object import Json
from prompts_admin.services.artifacts import history as artifact_history
from prompts_admin.services.artifacts import save
from prompts_admin.services.artifacts.preview import Draft, preview
from prompts_admin.services.artifacts.save import Save


class ContentBody(Body):
    """The content: its fields, or the text of its file."""

    content: Json | None = Field(None, description="The fields of the file.")
    text: str | None = Field(None, description="The file itself, YAML, instead of `content`.")

    @model_validator(mode="after")
    def _one_of_both(self) -> ContentBody:
        if (self.content is None) == (self.text is None):
            raise ValueError("give one of 'content' and 'text'")
        return self


class SaveBody(ContentBody):
    """A version to save."""

    message: Text = Field("", description="Why; it stands in the history.")
    update_pins: bool = Field(False, description="Take the newest versions of what is referred to.")
    acknowledge: list[Literal["secrets"]] = Field(default_factory=list, max_length=1)


class CheckBody(ContentBody):
    """A version to look at without saving it."""

    values: Json | None = Field(None, description="Values of variables, to render the messages with.")
    update_pins: bool = False


def list_versions(call: Call) -> Answer:
    asked = call.query(NumberedPage)
    return Answer(call.look(artifact_history.list_versions, call.key, limit=asked.limit, after=asked.after))


def show_version(call: Call) -> Answer:
    document = call.look(artifact_history.show_version, call.key, call.path["version"])
    return Answer(document, headers=etag_of(document["number"]))


def save_version(call: Call) -> Answer:
    asked = call.body(SaveBody)
    request = Save(
        call.key,
        content=asked.content,
        text=asked.text,
        base=base_of(call.request.headers),
        message=asked.message,
        update_pins=asked.update_pins,
        acknowledge=tuple(asked.acknowledge),
    )
    document = call.do(save.save, request)
    place = f"{call.request.path}/{document['number']}"
    headers = {**etag_of(document["number"]), "Location": place}
    return Answer(document, 201 if document["created"] else 200, headers)


def check_version(call: Call) -> Answer:
    asked = call.body(CheckBody)
    draft = Draft(call.key, asked.content, asked.text, asked.values, asked.update_pins)
    return Answer(call.look(preview, draft))


VERSIONS = f"{ARTIFACT}/versions"
EXAMPLE = {
    "content": {
        "kind": "prompt",
        "variables": {"ticket": {"type": "string", "required": True}},
        "messages": [{"role": "user", "content": "Route this ticket: {{ticket}}"}],
    },
    "message": "Shorter",
}
OPERATIONS = (
    Operation(
        method="GET",
        path=VERSIONS,
        name="list_versions",
        summary="List the versions of an artifact, newest first.",
        access="read",
        run=list_versions,
        query=NumberedPage,
        answers={200: "list of VersionLine"},
        refusals=("not_found",),
    ),
    Operation(
        method="GET",
        path=f"{VERSIONS}/{{version}}",
        name="show_version",
        summary="Show one version with its content.",
        access="read",
        run=show_version,
        answers={200: "Version"},
        refusals=("not_found",),
    ),
    Operation(
        method="POST",
        path=VERSIONS,
        name="save_version",
        summary="Save a new version, based on the one that If-Match names.",
        access="save",
        run=save_version,
        body=SaveBody,
        answers={201: "SavedVersion", 200: "SavedVersion"},
        refusals=(
            "precondition_required",
            "stale_version",
            "exists",
            "not_found",
            "forbidden",
            "invalid_content",
            "secret_found",
            "merge_marks",
        ),
        limit="write",
        idempotent=True,
        headers=("If-Match", "If-None-Match"),
        example=EXAMPLE,
    ),
    Operation(
        method="POST",
        path=f"{ARTIFACT}/check",
        name="check_version",
        summary="Check a content and compare it with what is live, without saving.",
        access="read",
        run=check_version,
        body=CheckBody,
        answers={200: "Preview"},
        refusals=("not_found", "forbidden"),
        limit="search",
        example={"content": EXAMPLE["content"], "values": {"ticket": "My invoice is wrong"}},
    ),
)
