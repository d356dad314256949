"""The nouns of features: what one team owns, and the versions of its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain.json_object import Json


@dataclass(frozen=True)
class Feature:
    """What one team owns."""

    key: str
    title: str
    description: str
    dri: str | None
    on_call: str | None
    runbook: str | None
    document_version: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class Document:
    """One version of a scope's settings."""

    scope: str
    version: int
    document: Json
    change: int | None
    at: datetime
    by: str
