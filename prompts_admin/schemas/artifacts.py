"""Artifacts, versions, what happened to them and how they differ."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from prompts_admin.schemas.base import Document, Json, Kind, Moment, Problem, Stage


class Cell(Document):
    """What an artifact has on a stage."""

    version: int | None = Field(description="The candidate if there is one, else the settled version.")
    percentage: float = Field(description="The share in percent that gets `version`.")
    settled: int | None = Field(description="What the others get.")
    release: int | None
    since: Moment | None
    by: str | None


class Stages(Document):
    """What is live on each stage; null where nothing is."""

    internal: Cell | None
    beta: Cell | None
    full: Cell | None


class Waiting(Document):
    """An open release that concerns the artifact."""

    release: int
    stage: Stage
    version: int | None
    state: str


class ArtifactLine(Document):
    """An artifact in a list."""

    key: str
    feature: str
    kind: Kind
    description: str
    latest: int
    archived: Moment | None
    stages: Stages
    waiting: list[Waiting]


class Piece(Document):
    """A piece of text."""

    text: str
    marked: bool = Field(description="It is what was looked for.")


class Hit(Document):
    """Where in a version something was found."""

    version: int
    newest: bool
    live: list[Stage] = Field(description="The stages that serve this version.")
    path: str = Field(description="The field of the content, like `messages[0].content`.")
    place: str = Field(description="The same in words.")
    pieces: list[Piece]


class FoundLine(ArtifactLine):
    """An artifact that was found."""

    name: list[Piece]
    hits: list[Hit]


class Pinner(Document):
    """A version of another artifact that pins a version of this one."""

    key: str
    version: int
    pins: int
    live: list[Stage]
    newest: bool


class Artifact(ArtifactLine):
    """An artifact in full."""

    classification: str
    created_by: str
    created_at: Moment
    pinned_by: list[Pinner]
    warnings: list[str]


class VersionHead(Document):
    """What a version is called, and who made it."""

    key: str
    number: int
    digest: str
    parent: int | None
    author: str
    message: str
    created_at: Moment


class VersionLine(VersionHead):
    """A version in a list."""

    marked: bool = Field(description="It was rolled back.")


class VersionBody(VersionHead):
    """What a version holds."""

    via: str
    content: Json
    text: str = Field(description="The file that a person edits.")
    acknowledged: list[str]
    warnings: list[str]


class Version(VersionBody):
    """A version with its content."""

    marked: bool = Field(description="It was rolled back.")


class SavedVersion(VersionBody):
    """A version after saving."""

    created: bool = Field(description="False: the content was saved before, and there is no new version.")


class Word(Document):
    """A piece of changed text."""

    kind: str
    text: str


class Change(Document):
    """One difference, in words for people and in values for programs."""

    class_: str = Field(alias="class")
    path: str
    sentence: str
    before: Any = None
    after: Any = None
    words: list[Word]


class Diff(Document):
    """The comparison of two versions."""

    key: str
    from_: int = Field(alias="from")
    to: int
    changes: list[Change]
    breaking: list[str] = Field(description="How callers of the old version are broken by the new one.")


class Preview(Document):
    """What saving would find, without saving."""

    ok: bool
    problems: list[Problem]
    warnings: list[str]
    changes: list[Change]
    against: int | None = Field(description="The version compared with: what the widest stage serves.")
    value: Json | None


class Side(Document):
    """What stood on a stage before or after a release."""

    settled: int | None
    candidate: int | None
    percentage: float | None


class HistoryLine(Document):
    """What a release did to an artifact on a stage."""

    release: int
    kind: str
    stage: Stage
    at: Moment
    by: str
    revision: int
    before: Side
    after: Side
    note: str
    via: str


class Made(Document):
    """A version that was made."""

    key: str
    number: int
    digest: str


class Repinned(Document):
    """What a new pin was put into, and what was left because the asker may not save there."""

    items: list[Made]
    left: list[str]


class Archived(Document):
    """An artifact that was archived."""

    key: str
    archived: Moment


class Unarchived(Document):
    """An artifact that is in use again."""

    key: str
    archived: None
