"""People, tokens and sessions."""

from __future__ import annotations

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from prompts_admin.schemas.base import Description, Moment


class RoleGrant(TypedDict):
    """A role on a feature, or everywhere (`*`)."""

    role: str
    feature: str


class User(TypedDict):
    """A person."""

    email: str
    name: str
    active: bool
    created_at: Moment
    roles: list[RoleGrant]


class Invite(TypedDict):
    """A link that works once."""

    purpose: str
    email: str | None
    secret: str
    url: str
    expires_at: Moment


class NewUser(User):
    """A person who was just created, with the link by which they choose a password; it is shown this once."""

    invite: NotRequired[Invite | None]


class TokenHead(TypedDict):
    """What a token is called and what it may do."""

    id: str
    name: str
    role: str
    features: Annotated[list[str] | None, Description("Null: every feature.")]
    user: str | None
    clearance: str
    active: bool
    created_at: Moment
    created_by: str
    expires_at: Moment | None
    revoked_at: Moment | None
    used_at: Moment | None


class Token(TokenHead):
    """An API token, without its secret."""

    snapshot: Annotated[
        str | None,
        Description("Where the pointer of its published snapshot is, for administrators; null: nowhere."),
    ]


class NewToken(Token):
    """A token that was just created."""

    token: Annotated[str, Description("The secret; it is shown this once.")]


class Me(TypedDict):
    """Who the asker is."""

    actor: str
    email: str | None
    name: str
    roles: list[RoleGrant]
    features: Annotated[
        list[str] | None, Description("The features that the asker may read; null: all of them.")
    ]
    token: Annotated[str | None, Description("The name of the token that was used.")]
    demo: bool


class Session(TypedDict):
    """A session that was just opened."""

    token: Annotated[str, Description("Send it as a bearer token.")]
    email: str
    name: str
    expires_at: Moment


class Ended(TypedDict):
    """How many sessions ended."""

    email: str
    ended: int
