"""People, tokens and sessions."""

from __future__ import annotations

from pydantic import Field

from prompts_admin.schemas.base import Document, Moment


class RoleGrant(Document):
    """A role on a feature, or everywhere (`*`)."""

    role: str
    feature: str


class User(Document):
    """A person."""

    email: str
    name: str
    active: bool
    created_at: Moment
    roles: list[RoleGrant]


class Invite(Document):
    """A link that works once."""

    purpose: str
    email: str | None
    secret: str
    url: str
    expires_at: Moment


class NewUser(User):
    """A person who was just created, with the link by which they choose a password; it is shown this once."""

    invite: Invite | None = None


class Token(Document):
    """An API token, without its secret."""

    id: str
    name: str
    role: str
    features: list[str] | None = Field(description="Null: every feature.")
    user: str | None
    clearance: str
    active: bool
    created_at: Moment
    created_by: str
    expires_at: Moment | None
    revoked_at: Moment | None
    used_at: Moment | None
    snapshot: str | None = Field(
        description="Where the pointer of its published snapshot is, for administrators; null: nowhere."
    )


class NewToken(Token):
    """A token that was just created."""

    token: str = Field(description="The secret; it is shown this once.")


class Me(Document):
    """Who the asker is."""

    actor: str
    email: str | None
    name: str
    roles: list[RoleGrant]
    features: list[str] | None = Field(description="The features that the asker may read; null: all of them.")
    token: str | None = Field(description="The name of the token that was used.")
    demo: bool


class Session(Document):
    """A session that was just opened."""

    token: str = Field(description="Send it as a bearer token.")
    email: str
    name: str
    expires_at: Moment


class Ended(Document):
    """How many sessions ended."""

    email: str
    ended: int
