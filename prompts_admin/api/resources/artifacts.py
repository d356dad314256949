"""Operations on artifacts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import (
    Body,
    Cursor,
    Email,
    Flag,
    KeyOrDotted,
    Line,
    Nothing,
    Number,
    Page,
    Query,
    Segment,
    Stage,
)
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.api.contract.preconditions import etag_of
from prompts_admin.domain.content.kinds import Kind
from prompts_admin.services.artifacts import history as artifact_history
from prompts_admin.services.artifacts import lifecycle as artifact_lifecycle
from prompts_admin.services.artifacts import overview
from prompts_admin.services.artifacts import search as artifact_search

SIDE = "^([1-9][0-9]{0,8}|internal|beta|full|latest)$"


class ArtifactQuery(Page):
    """Which artifacts."""

    feature: Segment | None = None
    kind: Kind | None = None
    q: Line = Field("", description="Only those with this text in key or description.")
    archived: Flag = Field(False, description="Show archived ones instead.")
    stage: Stage | None = Field(None, description="Only what is live on this stage.")
    state: Literal["partly", "nothing", "unreleased", "waiting"] | None = Field(
        None,
        description="Rolled out partly, nothing live, newest version live nowhere, or waiting in a release.",
    )
    dri: Email | None = Field(None, description="Only features that this person answers for.")


class StatusQuery(Page):
    """Which artifacts."""

    feature: Segment | None = None
    q: Line = ""


class SearchQuery(Page):
    """What to look for."""

    q: Line = Field(description="Words, each by its beginning; case, accents and signs mean nothing.")
    archived: Flag = Field(False, description="Search archived ones instead.")
    after: Cursor | None = Field(None, pattern="^[01][.][a-z0-9_/-]{3,130}$")


class DiffQuery(Query):
    """The two sides: version numbers, stages, or `latest`."""

    from_: str = Field(alias="from", pattern=SIDE)
    to: str = Field("latest", pattern=SIDE)


class HistoryQuery(Page):
    """A page of history."""

    after: Cursor | None = Field(None, pattern="^[0-9]{1,9}-(internal|beta|full)$")


class CopyBody(Body):
    """The key of the copy."""

    key: KeyOrDotted


class RepinBody(Body):
    """The version to pin."""

    version: Number


def list_artifacts(call: Call) -> Answer:
    asked = call.query(ArtifactQuery)
    return Answer(call.look(overview.list_artifacts, **asked.model_dump()))


def list_status(call: Call) -> Answer:
    return Answer(call.look(overview.list_artifacts, **call.query(StatusQuery).model_dump()))


def search(call: Call) -> Answer:
    return Answer(call.look(artifact_search.find, **call.query(SearchQuery).model_dump()))


def show_artifact(call: Call) -> Answer:
    document = call.look(overview.show_artifact, call.key)
    return Answer(document, headers=etag_of(document["latest"]))


def diff(call: Call) -> Answer:
    asked = call.query(DiffQuery)
    return Answer(call.look(artifact_history.diff, call.key, old=asked.from_, new=asked.to))


def list_history(call: Call) -> Answer:
    asked = call.query(HistoryQuery)
    return Answer(call.look(artifact_history.list_history, call.key, limit=asked.limit, after=asked.after))


def copy(call: Call) -> Answer:
    document = call.do(artifact_lifecycle.copy, call.key, call.body(CopyBody).key)
    return Answer(document, 201, etag_of(document["number"]))


def archive(call: Call) -> Answer:
    return Answer(call.do(artifact_lifecycle.archive, call.key))


def unarchive(call: Call) -> Answer:
    return Answer(call.do(artifact_lifecycle.unarchive, call.key))


def repin(call: Call) -> Answer:
    return Answer(call.do(artifact_lifecycle.repin, call.key, call.body(RepinBody).version))


ARTIFACT = "/artifacts/{feature}/{name}"
OPERATIONS = (
    Operation(
        method="GET",
        path="/artifacts",
        name="list_artifacts",
        summary="List artifacts with what is live of them.",
        access="read",
        run=list_artifacts,
        query=ArtifactQuery,
        answers={200: "list of ArtifactLine"},
        limit="search",
    ),
    Operation(
        method="GET",
        path="/status",
        name="status",
        summary="Show what is live on which stage, artifact by artifact.",
        access="read",
        run=list_status,
        query=StatusQuery,
        answers={200: "list of ArtifactLine"},
        limit="search",
    ),
    Operation(
        method="GET",
        path="/search",
        name="search",
        summary="Find artifacts by words in key, description and text, newest and live.",
        access="read",
        run=search,
        query=SearchQuery,
        answers={200: "list of FoundLine"},
        limit="search",
    ),
    Operation(
        method="GET",
        path=ARTIFACT,
        name="show_artifact",
        summary="Show one artifact: what is live, what waits, what pins it.",
        access="read",
        run=show_artifact,
        answers={200: "Artifact"},
        refusals=("not_found",),
    ),
    Operation(
        method="GET",
        path=f"{ARTIFACT}/diff",
        name="diff",
        summary="Compare two versions: words for text, sentences for the rest.",
        access="read",
        run=diff,
        query=DiffQuery,
        answers={200: "Diff"},
        refusals=("not_found",),
    ),
    Operation(
        method="GET",
        path=f"{ARTIFACT}/history",
        name="list_history",
        summary="List what releases did to an artifact, newest first.",
        access="read",
        run=list_history,
        query=HistoryQuery,
        answers={200: "list of HistoryLine"},
        refusals=("not_found",),
    ),
    Operation(
        method="POST",
        path=f"{ARTIFACT}/copy",
        name="copy_artifact",
        summary="Start a new artifact with the newest content of this one.",
        access="copy",
        run=copy,
        body=CopyBody,
        answers={201: "SavedVersion"},
        refusals=("not_found", "forbidden", "exists", "invalid_content", "secret_found"),
        limit="write",
        idempotent=True,
        example={"key": "support/triage-v2"},
    ),
    Operation(
        method="POST",
        path=f"{ARTIFACT}/archive",
        name="archive_artifact",
        summary="Archive an artifact that is live nowhere and pinned by nothing live.",
        access="archive",
        run=archive,
        body=Nothing,
        answers={200: "Archived"},
        refusals=("not_found", "forbidden", "in_use", "nothing_changes"),
        limit="write",
        idempotent=True,
    ),
    Operation(
        method="POST",
        path=f"{ARTIFACT}/unarchive",
        name="unarchive_artifact",
        summary="Take an archived artifact into use again.",
        access="archive",
        run=unarchive,
        body=Nothing,
        answers={200: "Unarchived"},
        refusals=("not_found", "forbidden", "nothing_changes"),
        limit="write",
        idempotent=True,
    ),
    Operation(
        method="POST",
        path=f"{ARTIFACT}/repin",
        name="repin_artifact",
        summary="Make new versions, with this version pinned, of everything that pins an older one.",
        access="save",
        run=repin,
        body=RepinBody,
        answers={200: "Repinned"},
        refusals=("not_found", "forbidden", "invalid_content"),
        limit="write",
        idempotent=True,
        example={"version": 4},
    ),
)
