"""Operations on people."""

from __future__ import annotations

from pydantic import Field

from prompts_admin.api.contract.access import SIGNED_IN
from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Email, Line, Page
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.people.permissions import EVERYWHERE, Grant
from prompts_admin.services.people import accounts
from prompts_admin.services.people.accounts import UserChange


class GrantBody(Body):
    """A role on a feature, or everywhere (`*`)."""

    role: str = Field(max_length=63)
    feature: str = Field(EVERYWHERE, max_length=63)

    def grant(self) -> Grant:
        """Return the pair."""
        return self.role, self.feature


class UserBody(Body):
    """A person to create."""

    email: Email
    name: Line
    roles: list[GrantBody] = Field(default_factory=list, max_length=200)


class UserChangeBody(Body):
    """What to change; what is left out stays."""

    name: Line | None = None
    grant: list[GrantBody] = Field(default_factory=list, max_length=200)
    revoke: list[GrantBody] = Field(default_factory=list, max_length=200)
    active: bool | None = None
    successor: Email | None = Field(None, description="Who takes over what this person alone answers for.")


def list_users(call: Call) -> Answer:
    asked = call.query(Page)
    return Answer(call.look(accounts.list_users, after=asked.after or "", limit=asked.limit))


def show_user(call: Call) -> Answer:
    return Answer(call.look(accounts.show_user, call.path["email"].lower()))


def create_user(call: Call) -> Answer:
    asked = call.body(UserBody)
    roles = [role.grant() for role in asked.roles]
    return Answer(call.do(accounts.create_user, asked.email, asked.name, roles=roles), 201)


def invite_user(call: Call) -> Answer:
    return Answer(call.do(accounts.invite_user, call.path["email"].lower()), 201)


def change_user(call: Call) -> Answer:
    asked = call.body(UserChangeBody)
    change = UserChange(
        name=asked.name,
        grant=tuple(role.grant() for role in asked.grant),
        revoke=tuple(role.grant() for role in asked.revoke),
        active=asked.active,
        successor=asked.successor.lower() if asked.successor else None,
    )
    return Answer(call.do(accounts.change_user, call.path["email"].lower(), change))


USER = "/users/{email}"
OPERATIONS = (
    Operation(
        method="GET",
        path="/users",
        name="list_users",
        summary="List people and their roles.",
        access="manage_people",
        run=list_users,
        query=Page,
        answers={200: "list of User"},
    ),
    Operation(
        method="GET",
        path=USER,
        name="show_user",
        summary="Show a person; everybody may look at themselves.",
        access=SIGNED_IN,
        run=show_user,
        answers={200: "User"},
        refusals=("forbidden", "not_found"),
    ),
    Operation(
        method="POST",
        path="/users",
        name="create_user",
        summary="Create a person; the answer holds the link by which they choose a password.",
        access="manage_people",
        run=create_user,
        body=UserBody,
        answers={201: "NewUser"},
        refusals=("exists",),
        limit="write",
        description="Idempotency-Key is not honoured here: the link would have to be kept.",
        example={
            "email": "ana@example.com",
            "name": "Ana",
            "roles": [{"role": "editor", "feature": "support"}],
        },
    ),
    Operation(
        method="POST",
        path=f"{USER}/invite",
        name="invite_user",
        summary="Make a new link by which a person chooses a password; it works once and is shown this once.",
        access="manage_people",
        run=invite_user,
        answers={201: "NewUser"},
        refusals=("not_found", "invalid"),
        limit="write",
        description="Idempotency-Key is not honoured here: the link would have to be kept.",
    ),
    Operation(
        method="PATCH",
        path=USER,
        name="change_user",
        summary="Rename, grant and revoke roles, disable and enable.",
        access="manage_people",
        run=change_user,
        body=UserChangeBody,
        answers={200: "User"},
        refusals=("not_found", "in_use"),
        limit="write",
        example={"grant": [{"role": "legal", "feature": "*"}]},
    ),
)
