"""Features, stages and settings changes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from prompts_admin.schemas.base import Document, Json, Moment, Stage
from prompts_admin.schemas.releases import Missing, Release


class Feature(Document):
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


class StageAudience(Document):
    """A stage and who is on it: rules, or `everybody`."""

    name: Stage
    audience: Any = None


class StageList(Document):
    """The ladder, narrowest stage first."""

    stages: list[StageAudience]
    document_version: int


class SettingsSignOff(Document):
    """A person's yes or no to a settings change."""

    email: str
    role: str
    verdict: str
    note: str
    at: Moment


class SettingsChange(Document):
    """A proposed change of who is served or who must sign."""

    number: int
    scope: str = Field(description="The feature; empty for the workspace.")
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


class CurrentSettings(Document):
    """The settings in force."""

    scope: str
    version: int
    document: Json


class WaitingForMe(Document):
    """What waits for the asker."""

    releases: list[Release]
    settings: list[SettingsChange]
    refused: list[Release]
