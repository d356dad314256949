"""API tokens: created once, shown once, listed without their secret, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Conflict, NotFound, NotPermitted, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import parse_feature
from prompts_admin.domain.people.names import parse_name
from prompts_admin.domain.people.permissions import CLEARANCES, SERVE, TOKEN_ROLES, TokenLimit, exceeds
from prompts_admin.domain.people.records import Token
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.people import NewToken, TokenHead
from prompts_admin.schemas.people import Token as TokenDocument
from prompts_admin.services.core.secrets import digest, new_id, new_secret
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.scopes import pointer_of_token
from prompts_admin.store.artifacts.features import find_features
from prompts_admin.store.people import tokens
from prompts_admin.store.people.users import find_user


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """What a new token shall be; `features` None means every feature, `user` None a token of no person."""

    name: str
    role: str
    features: tuple[str, ...] | None = None
    user: str | None = None
    clearance: str = "internal"
    expires: datetime | None = None


def create_token(work: Work, request: TokenRequest) -> NewToken:
    """Create a token; the answer holds the secret, which is shown this once.

    One's own tokens anybody may create, others administrators. Raises NotPermitted("forbidden") when it would
    allow more than the asker may, Refused("invalid"), Conflict("exists") for a name in use.
    """
    if not work.actor.is_person or work.actor.token is not None:
        # Whoever made a token may not sign what it wrote: a chain of tokens would hide them, and outlive the first.
        raise NotPermitted("forbidden", "Only people make tokens, no tokens.", "Sign in as yourself.")
    limit = _limit(work, request)
    _check_right(work, request, limit)
    if tokens.name_taken(work.connection, limit.name):
        raise Conflict("exists", f"A token '{limit.name}' exists already.", "Revoke it, or use another name.")
    secret = new_secret()
    row = Token(
        id=limit.id,
        name=limit.name,
        secret_hash=digest(secret),
        role=limit.role,
        features=None if limit.features is None else sorted(limit.features),
        email=request.user,
        clearance=limit.clearance,
        created_at=work.now,
        created_by=work.actor.label,
        expires_at=request.expires,
    )
    tokens.insert_token(work.connection, row)
    told: Json = {**_as_json(row, work.now)}
    del told["id"]
    work.record("create_token", row.id, **told)
    if request.user not in (None, work.actor.email):
        work.announce("notify", {"event": "token_made", "to": [request.user], "by": work.actor.label})
    return {**_shown(work, row), "token": f"pa_{row.id}_{secret}"}


def list_tokens(work: Work, *, after: str = "", limit: int = 50) -> ListOf[TokenDocument]:
    """Return tokens in order of their id, never with a secret: all for administrators, else one's own."""
    email = None if work.may("manage_tokens") else work.actor.email
    if email is None or _only_serves(work):
        work.require("manage_tokens")
    found = tokens.list_tokens(work.connection, after=after, limit=limit + 1, email=email)
    page = found[:limit]
    following = page[-1].id if len(found) > limit else None
    return {"items": [_shown(work, token) for token in page], "next": following}


def revoke_token(work: Work, token_id: str) -> TokenDocument:
    """End a token at once: one's own, or any for administrators. Raises NotFound, also for those of others."""
    if work.actor.is_anonymous:
        work.require("manage_tokens")
    token = tokens.find_token(work.connection, token_id)
    own = token is not None and _is_own(work, token)
    if token is None or not (own or work.may("manage_tokens")):
        raise NotFound("not_found", f"There is no token '{token_id}'.", "Look at the list: token list.")
    if tokens.revoke_tokens(work.connection, work.now, token_id=token_id):
        work.record("revoke_token", token_id, name=token.name)
    after = tokens.find_token(work.connection, token_id) or token
    return _shown(work, after)


def _only_serves(work: Work) -> bool:
    return work.actor.token is not None and work.actor.token.role == SERVE


def _is_own(work: Work, token: Token) -> bool:
    return token.email is not None and token.email == work.actor.email and not _only_serves(work)


def _limit(work: Work, request: TokenRequest) -> TokenLimit:
    """Check the request by itself and return what the token narrows its use to."""
    if request.role not in TOKEN_ROLES:
        raise _wrong(f"'{request.role}' is no role of a token.", f"Use one of {', '.join(TOKEN_ROLES)}.")
    if request.clearance not in CLEARANCES:
        raise _wrong(f"'{request.clearance}' is no clearance.", f"Use one of {', '.join(CLEARANCES)}.")
    if request.expires is not None and request.expires <= work.now:
        raise _wrong("The token would have expired already.", "Name a time to come.")
    name, creator = parse_name(request.name), work.actor.label
    return TokenLimit(new_id(), name, request.role, _features(work, request), request.clearance, creator)


def _features(work: Work, request: TokenRequest) -> frozenset[str] | None:
    """Return the features asked for, all of which exist and are known to the asker."""
    if request.features is None:
        return None
    asked = frozenset(map(parse_feature, request.features))
    known = {name for name in asked if work.may("read", name) or work.may("serve", name)}
    missing = sorted(asked - (known & set(find_features(work.connection, asked))))
    if missing or not asked:
        names = ", ".join(f"'{name}'" for name in missing) or "no name"
        raise _wrong(f"There is no feature {names}.", "Look at the list of features.")
    return asked


def _check_right(work: Work, request: TokenRequest, limit: TokenLimit) -> None:
    if request.user is None or request.user != work.actor.email:
        work.require("manage_tokens")
    if request.user is not None:
        user = find_user(work.connection, request.user)
        if user is None or not user.is_active:
            raise _wrong(f"There is no active person '{request.user}'.", "Look at the list: user list.")
    if exceeds(work.actor, limit):
        raise NotPermitted(
            "forbidden",
            f"A token of role '{limit.role}' there would allow more than you may.",
            remedies.ask_for_less(),
        )


def _wrong(detail: str, remedy: str) -> Refused:
    return Refused("invalid", detail, remedy)


def _shown(work: Work, token: Token) -> TokenDocument:
    """Return a token for its answer; where its snapshot is published is a secret, and never in the audit."""
    return {**_as_json(token, work.now), "snapshot": pointer_of_token(work, token)}


def _as_json(token: Token, now: datetime) -> TokenHead:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "features": token.features,
        "user": token.email,
        "clearance": token.clearance,
        "active": token.is_active(now),
        "created_at": iso(token.created_at),
        "created_by": token.created_by,
        "expires_at": iso(token.expires_at),
        "revoked_at": iso(token.revoked_at),
        "used_at": iso(token.used_at),
    }
