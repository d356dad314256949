"""Features, stages and settings changes."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.schemas.base import Description, Moment, Stage
from prompts_admin.schemas.releases import Missing, Release


class Feature(TypedDict):
    """What one team owns."""

    key: str
    title: str
    description: str
    dri: str | None
    on_call: str | None
    runbook: str | None
    classification: str | None
    bucket_by: str | None
    policy: Json
    document_version: int
    artifacts: int


class FeatureInFull(Feature):
    """A feature and who holds which stakeholder role on it."""

    signers: dict[str, list[str]]


class StageAudience(TypedDict):
    """A stage and who is on it: rules, or `everybody`."""

    name: Stage
    audience: NotRequired[Any]


class StageList(TypedDict):
    """The ladder, narrowest stage first."""

    stages: list[StageAudience]
    document_version: int


class SettingsSignOff(TypedDict):
    """A person's yes or no to a settings change."""

    email: str
    role: str
    verdict: str
    note: str
    at: Moment


class SettingsChange(TypedDict):
    """A proposed change of who is served or who must sign."""

    number: int
    scope: Annotated[str, Description("The feature; empty for the workspace.")]
    state: str
    reason: str
    note: str
    document: Json
    before: Json
    changes: list[str]
    missing: list[Missing]
    signoffs: list[SettingsSignOff]
    proposed_by: str
    proposed_at: Moment
    changed_at: Moment
    changed_by: str
    undo_of: int | None
    document_version: int | None


class CurrentSettings(TypedDict):
    """The settings in force."""

    scope: str
    version: int
    document: Json


class WaitingForMe(TypedDict):
    """What waits for the asker."""

    releases: list[Release]
    settings: list[SettingsChange]
    refused: list[Release]
