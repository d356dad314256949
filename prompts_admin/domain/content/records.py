"""The nouns of content: artifacts, their versions, what a version contains, and kept examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from prompts_admin.domain.content.kinds import ARTIFACT_KINDS, ArtifactKind, Kind
from prompts_admin.domain.json_object import Content

VersionId = tuple[str, int]
"""(key, number)."""


@dataclass(frozen=True)
class Artifact:
    """A named thing with versions."""

    key: str
    feature: str
    kind: Kind
    description: str
    latest: int
    created_at: datetime
    created_by: str
    archived_at: datetime | None = None
    archived_by: str | None = None

    @property
    def row(self) -> ArtifactKind:
        """What the program does with artifacts of this kind."""
        return ARTIFACT_KINDS[self.kind]


@dataclass(frozen=True)
class Version:
    """Immutable content of an artifact."""

    key: str
    number: int
    digest: str
    parent: int | None
    author: str
    via: str
    message: str
    content: Content
    acknowledged: tuple[str, ...]
    created_at: datetime


class Origin(NamedTuple):
    """Where a version comes from: `via` names the token that it was saved with, if any."""

    digest: str
    author: str
    via: str


@dataclass(frozen=True)
class Inner:
    """Something that a version contains; `direct` when it pins it itself."""

    key: str
    number: int
    digest: str
    direct: bool


@dataclass(frozen=True)
class Example:
    """What a model answered to a version with some values, and who kept it."""

    id: str
    key: str
    number: int
    by: str
    at: datetime
    model: str
    values: Mapping[str, Any]
    answer: str
