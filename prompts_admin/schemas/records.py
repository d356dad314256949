"""Imports, exports, explanations, the audit, the mirror."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from typing_extensions import TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.schemas.artifacts import Made
from prompts_admin.schemas.base import Description, Moment
from prompts_admin.schemas.releases import Release


class File(TypedDict):
    """A file: its path below the prompts folder, and its text."""

    path: str
    text: str


class Files(TypedDict):
    """Files that import again to the same digests."""

    files: list[File]


class _Rehearsed(TypedDict):
    dry_run: bool


class ImportResult(TypedDict):
    """What an import made."""

    created: list[Made]
    unchanged: list[str]
    features: list[str]
    settings_changes: list[int]
    warnings: list[str]
    release: Release | None


class Imported(_Rehearsed, ImportResult):
    """What an import made; with `dry_run` what it would have made."""


class Step(TypedDict):
    """One stage on the way to an answer."""

    stage: str
    outcome: str
    version: int | None
    rule: int | None
    bucket: Annotated[float | None, Description("Where the user falls, 0 to 100.")]
    percentage: float | None
    sentence: str


class Explanation(TypedDict):
    """What a user gets or got, why, and who decided it."""

    key: str
    at: Moment
    version: int | None
    digest: str | None
    author: str | None
    stage: str | None
    reason: str | None
    steps: list[Step]
    decided: Json | None


class AuditEntry(TypedDict):
    """One change: who, what, when; `hash` covers the entry and the hash of the one before."""

    seq: int
    at: Moment
    actor: str
    via: str
    action: str
    feature: str | None
    subject: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


class AuditReport(TypedDict):
    """Whether the chain of audit entries is whole."""

    ok: bool
    entries: int
    head: Annotated[str, Description("The hash that the chain ends with.")]
    problems: list[str]
    end: Json
    anchors: Annotated[list[Json], Description("Number and hash of entries that the git mirror remembers.")]
    fault: str | None
    at: int | None
    detail: str


class Served(TypedDict):
    """What is active for somebody."""

    key: str
    kind: str
    version: int
    digest: str
    stage: str | None
    reason: str
    value: Json


class SnapshotFrame(TypedDict):
    """What of a snapshot is not of single artifacts."""

    format: int
    epoch: str
    revision: int
    created_at: Moment
    audiences: Json
    features: Json


class Snapshot(SnapshotFrame):
    """Everything that serving code needs at one revision."""

    entries: Json
    versions: Json


class ReaderSeen(TypedDict):
    """A process that serves from a snapshot, as it was last heard."""

    reader: str
    host: str
    sdk: str
    token: Annotated[str, Description("The name of the token that it sends.")]
    revision: int | None
    behind: bool
    behind_seconds: Annotated[
        float | None, Description("Since another revision followed the one that it serves.")
    ]
    seen: Moment


class Readers(TypedDict):
    """Who serves which revision."""

    revision: Annotated[int, Description("The revision that the readers are held against.")]
    live: int
    on: int
    behind: int
    asking: Annotated[int, Description("Clients that only ask, seen in the last minute: OFREP, REST, a CDN.")]
    items: list[ReaderSeen]


class Branches(TypedDict):
    """The tree that each branch of the git mirror is on."""

    branches: dict[str, str]


class Pushed(TypedDict):
    """How a push of the git mirror went."""

    ok: bool
    reason: str
    detail: str


class PublishedScope(TypedDict):
    """What one scope has at the target."""

    pointer: Annotated[
        str, Description("Address of the pointer, or its path below the target; it is a secret.")
    ]
    features: Annotated[list[str] | None, Description("Null: every feature.")]
    clearance: str
    revision: int
    size: Annotated[int, Description("Bytes of the content file.")]
    changed: bool


class Published(TypedDict):
    """What is published now."""

    epoch: str
    revision: int
    target: Annotated[str, Description("Scheme of the target: file, s3 ...")]
    scopes: list[PublishedScope]
    removed: Annotated[int, Description("Scopes that no token has any more, and that were removed.")]
    seconds: float


class Anything(TypedDict):
    """A document that describes itself."""
