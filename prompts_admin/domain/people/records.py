"""The nouns of people: users and their sessions, grants, tokens and one-time links."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """A person; without a password hash nobody signs in as them by password."""

    email: str
    name: str
    created_at: datetime
    created_by: str
    password_hash: str | None = field(default=None, repr=False)
    disabled_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """True unless the person was disabled."""
        return self.disabled_at is None


@dataclass(frozen=True)
class Session:
    """A person signed in somewhere; `expires_at` already holds the idle and the absolute limit."""

    id_hash: str
    email: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    label: str


@dataclass(frozen=True)
class Token:
    """A token of a person or of no person (`email` None); `features` None means every feature."""

    id: str
    name: str
    secret_hash: str = field(repr=False)
    role: str
    features: list[str] | None
    email: str | None
    clearance: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """True while the token is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True)
class GrantRow:
    """A role of a person on a feature, or everywhere (`*`)."""

    email: str
    role: str
    feature: str
    granted_at: datetime
    granted_by: str


@dataclass(frozen=True)
class Holder:
    """An active person who holds a role."""

    email: str
    name: str
    role: str
    feature: str


@dataclass(frozen=True)
class Invite:
    """A link: `purpose` is setup, invite or reset; `email` is None for the first set-up."""

    secret_hash: str
    purpose: str
    email: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
