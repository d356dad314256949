"""Operations on sessions, and who the asker is."""

from __future__ import annotations

from pydantic import Field

from prompts_admin.api.contract.access import ANYBODY, SIGNED_IN
from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Email
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.identity import BySession
from prompts_admin.domain.people.permissions import readable_features
from prompts_admin.http.app_state import shell
from prompts_admin.schemas.people import Me, Session
from prompts_admin.services.core.work import Work
from prompts_admin.services.people import sessions
from prompts_admin.services.people.sessions import Login


class SessionBody(Body):
    """Who signs in; without a password only on a demo store."""

    email: Email
    password: str | None = Field(None, max_length=1024)


def open_session(call: Call) -> Answer:
    asked = call.body(SessionBody)
    login = Login(label=call.request.headers.get("User-Agent", ""))
    if asked.password is None:
        found = call.do(sessions.open_demo_session, asked.email.strip().lower(), login)
    else:
        found = shell().entrance.sign_in(
            asked.email,
            asked.password,
            address=call.request.remote_addr or "",
            now=call.product.store.clock(),
            login=login,
        )
    document: Session = {
        "token": found["session"],
        "email": found["email"],
        "name": found["name"],
        "expires_at": found["expires_at"],
    }
    return Answer(document, 201)


def end_session(call: Call) -> Answer:
    identity = call.asker.identity
    if not isinstance(identity, BySession):
        raise Refused("invalid", "This request came without a session.", "Revoke the token instead.")
    return Answer(call.do(sessions.sign_out, identity.id_hash))


def me(call: Call) -> Answer:
    return Answer(call.look(_who))


def _who(work: Work) -> Me:
    actor, features = work.actor, readable_features(work.actor)
    return {
        "actor": actor.label,
        "email": actor.email,
        "name": actor.name,
        "roles": [{"role": role, "feature": feature} for role, feature in sorted(actor.grants)],
        "features": None if features is None else sorted(features),
        "token": actor.token.name if actor.token else None,
        "demo": work.head.demo,
    }


OPERATIONS = (
    Operation(
        method="POST",
        path="/sessions",
        name="open_session",
        summary="Sign in; the answer's token is sent as a bearer token.",
        access=ANYBODY,
        run=open_session,
        body=SessionBody,
        answers={201: "Session"},
        refusals=("demo_only", "unauthenticated", "rate_limited"),
        example={"email": "pm@example.com"},
    ),
    Operation(
        method="DELETE",
        path="/sessions/current",
        name="end_session",
        summary="Sign out: the session that this request came with ends.",
        access=SIGNED_IN,
        run=end_session,
        answers={200: "Ended"},
        limit="write",
    ),
    Operation(
        method="GET",
        path="/me",
        name="me",
        summary="Show who you are and what you may read.",
        access=SIGNED_IN,
        run=me,
        answers={200: "Me"},
    ),
)
