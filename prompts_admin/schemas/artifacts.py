"""Artifacts, versions, what happened to them and how they differ."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from prompts_admin.domain.json_object import Content, Json
from prompts_admin.schemas.base import Description, Kind, Moment, Problem, Stage


class Cell(TypedDict):
    """What an artifact has on a stage."""

    version: Annotated[int | None, Description("The candidate if there is one, else the settled version.")]
    percentage: Annotated[float, Description("The share in percent that gets `version`.")]
    settled: Annotated[int | None, Description("What the others get.")]
    release: int | None
    since: Moment | None
    by: str | None


class Stages(TypedDict):
    """What is live on each stage; null where nothing is."""

    internal: Cell | None
    beta: Cell | None
    full: Cell | None


def cells_of(stages: Stages) -> dict[str, Cell | None]:
    """Return what is live on each stage, by its name, narrowest first."""
    return {"internal": stages["internal"], "beta": stages["beta"], "full": stages["full"]}


class Waiting(TypedDict):
    """An open release that concerns the artifact."""

    release: int
    stage: Stage
    version: int | None
    state: str


class ArtifactLine(TypedDict):
    """An artifact in a list."""

    key: str
    feature: str
    kind: Kind
    description: str
    latest: int
    archived: Moment | None
    stages: Stages
    waiting: list[Waiting]


class Piece(TypedDict):
    """A piece of text."""

    text: str
    marked: Annotated[bool, Description("It is what was looked for.")]


class Hit(TypedDict):
    """Where in a version something was found."""

    version: int
    newest: bool
    live: Annotated[list[Stage], Description("The stages that serve this version.")]
    path: Annotated[str, Description("The field of the content, like `messages[0].content`.")]
    place: Annotated[str, Description("The same in words.")]
    pieces: list[Piece]


class FoundLine(ArtifactLine):
    """An artifact that was found."""

    name: list[Piece]
    hits: list[Hit]


class Pinner(TypedDict):
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


class VersionHead(TypedDict):
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

    marked: Annotated[bool, Description("It was rolled back.")]


class VersionBody(VersionHead):
    """What a version holds."""

    via: str
    content: Content
    text: Annotated[str, Description("The file that a person edits.")]
    acknowledged: list[str]
    warnings: list[str]


class Version(VersionBody):
    """A version with its content."""

    marked: Annotated[bool, Description("It was rolled back.")]


class SavedVersion(VersionBody):
    """A version after saving."""

    created: Annotated[bool, Description("False: the content was saved before, and there is no new version.")]


class Word(TypedDict):
    """A piece of changed text."""

    kind: str
    text: str


# Words that Python keeps for itself are no names of a class body.
_Class = TypedDict("_Class", {"class": str})
_From = TypedDict("_From", {"from": int})


class Change(_Class):
    """One difference, in words for people and in values for programs."""

    path: str
    sentence: str
    before: NotRequired[Any]
    after: NotRequired[Any]
    words: list[Word]


class _Compared(TypedDict):
    key: str


class Diff(_Compared, _From):
    """The comparison of two versions."""

    to: int
    changes: list[Change]
    breaking: Annotated[list[str], Description("How callers of the old version are broken by the new one.")]


class Preview(TypedDict):
    """What saving would find, without saving."""

    ok: bool
    problems: list[Problem]
    warnings: list[str]
    changes: list[Change]
    against: Annotated[int | None, Description("The version compared with: what the widest stage serves.")]
    value: Json | None


class Side(TypedDict):
    """What stood on a stage before or after a release."""

    settled: int | None
    candidate: int | None
    percentage: float | None


class HistoryLine(TypedDict):
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


class Made(TypedDict):
    """A version that was made."""

    key: str
    number: int
    digest: str


class Repinned(TypedDict):
    """What a new pin was put into, and what was left because the asker may not save there."""

    items: list[Made]
    left: list[str]


class Archived(TypedDict):
    """An artifact that was archived."""

    key: str
    archived: Moment


class Unarchived(TypedDict):
    """An artifact that is in use again."""

    key: str
    archived: None
