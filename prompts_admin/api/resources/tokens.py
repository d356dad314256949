"""Operations on API tokens."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from prompts_admin.api.contract.access import SIGNED_IN
from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Email, Line, Moment, Page, Segment
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.services.people import tokens
from prompts_admin.services.people.tokens import TokenRequest


class TokenBody(Body):
    """A token to create."""

    name: Line
    role: Literal["viewer", "editor", "releaser", "admin", "serve"]
    features: list[Segment] | None = Field(None, max_length=200, description="Left out: every feature.")
    user: Email | None = Field(None, description="The person it acts as; left out: nobody.")
    clearance: Literal["public", "internal", "confidential", "pii"] = "internal"
    expires: Moment | None = None


def list_tokens(call: Call) -> Answer:
    asked = call.query(Page)
    return Answer(call.look(tokens.list_tokens, after=asked.after or "", limit=asked.limit))


def create_token(call: Call) -> Answer:
    asked = call.body(TokenBody)
    request = TokenRequest(
        name=asked.name,
        role=asked.role,
        features=None if asked.features is None else tuple(asked.features),
        user=asked.user.lower() if asked.user else None,
        clearance=asked.clearance,
        expires=asked.expires,
    )
    return Answer(call.do(tokens.create_token, request), 201)


def revoke_token(call: Call) -> Answer:
    return Answer(call.do(tokens.revoke_token, call.path["token_id"]))


OPERATIONS = (
    Operation(
        method="GET",
        path="/tokens",
        name="list_tokens",
        summary="List tokens without their secrets: your own, all of them for administrators.",
        access=SIGNED_IN,
        run=list_tokens,
        query=Page,
        answers={200: "list of Token"},
        refusals=("forbidden",),
    ),
    Operation(
        method="POST",
        path="/tokens",
        name="create_token",
        summary="Create a token; its secret is shown this once.",
        access=SIGNED_IN,
        run=create_token,
        body=TokenBody,
        answers={201: "NewToken"},
        refusals=("forbidden", "exists"),
        limit="write",
        description="Idempotency-Key is not honoured here: the secret would have to be kept.",
        example={"name": "checkout service", "role": "serve", "features": ["support"]},
    ),
    Operation(
        method="DELETE",
        path="/tokens/{token_id}",
        name="revoke_token",
        summary="End a token at once.",
        access=SIGNED_IN,
        run=revoke_token,
        answers={200: "Token"},
        refusals=("not_found", "forbidden"),
        limit="write",
    ),
)
