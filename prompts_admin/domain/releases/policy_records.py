"""The nouns of settings changes: what is proposed, where it stands, and who signed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain.json_object import Json


@dataclass(frozen=True)
class SettingsChange:
    """A proposed document of a scope; this never changes."""

    number: int
    scope: str
    document: Json
    base_version: int
    note: str
    proposed_by: str
    via: str
    proposed_at: datetime
    undo_of: int | None = None


@dataclass(frozen=True)
class SettingsState:
    """Where a settings change stands."""

    number: int
    state: str
    changed_at: datetime
    changed_by: str
    reason: str = ""
    document_version: int | None = None


@dataclass(frozen=True)
class SettingsSignature:
    """A person's word on a settings change."""

    number: int
    email: str
    role: str
    verdict: str
    note: str
    at: datetime
