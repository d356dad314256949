"""Turning an identity into an actor, inside the transaction that will use the actor's rights."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.people.identity import (
    NOBODY,
    BySession,
    ByToken,
    Identity,
    LocalPerson,
    Nobody,
    TheSystem,
)
from prompts_admin.domain.people.permissions import ANONYMOUS, SYSTEM, Actor, TokenLimit
from prompts_admin.domain.people.records import Session
from prompts_admin.services.core.secrets import digest, matches
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Connection
from prompts_admin.store.people import sessions, tokens
from prompts_admin.store.people.grants import active_person
from prompts_admin.store.people.tokens import Person

REMEMBER_EVERY = timedelta(minutes=1)
# A clock that was put back must not lengthen a session; machines differ by less than this.
_CLOCK_TOLERANCE = timedelta(minutes=5)
_TOKEN = re.compile(r"pa_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_SESSION = re.compile(r"ps_[A-Za-z0-9_-]{43}")
_NO_HASH = "0" * 64


def load_actor(connection: Connection, identity: Identity, now: datetime) -> Actor:
    """Return who `identity` is and holds at this moment, read from this connection.

    Raises NotPermitted("unauthenticated") when the session or token has ended or its person was disabled.
    """
    match identity:
        case Nobody():
            return replace(ANONYMOUS, via=identity.via)
        case TheSystem():
            return SYSTEM
        case LocalPerson():
            return _person(connection, identity.email, identity.via)
        case BySession():
            return _person(connection, _session(connection, identity, now).email, identity.via)
        case ByToken():
            return _bearer(connection, identity, now)


def identify(connection: Connection, secret: str, now: datetime, *, via: str = "web") -> Identity:
    """Return who presents this bearer text: an API token (`pa_...`) or a session (`ps_...`).

    Empty text is nobody. Raises NotPermitted("unauthenticated") for what is malformed, unknown or over.
    """
    return identify_user(connection, secret, now, via=via)[0]


def identify_user(
    connection: Connection, secret: str, now: datetime, *, via: str = "web"
) -> tuple[Identity, bool]:
    """Return who presents this bearer text, as `identify` does, and whether `use_is_due`, by one query."""
    if not secret:
        return NOBODY, False
    if _SESSION.fullmatch(secret):
        identity = BySession(digest(secret), via)
        return identity, _is_long_ago(_session(connection, identity, now).seen_at, now)
    parts = _TOKEN.fullmatch(secret)
    token = tokens.find_token(connection, parts[1]) if parts else None
    right = matches(parts[2] if parts else secret, token.secret_hash if token else _NO_HASH)
    if token is None or not right or not token.is_active(now):
        raise _ended("This token is not valid, or not any more.", "Ask for a new one.")
    return ByToken(token.id), _is_long_ago(token.used_at, now)


def use_is_due(connection: Connection, identity: Identity, now: datetime) -> bool:
    """Tell whether the last use of this session or token was written over a minute ago."""
    match identity:
        case BySession():
            session = sessions.find_session(connection, identity.id_hash)
            return session is not None and _is_long_ago(session.seen_at, now)
        case ByToken():
            token = tokens.find_token(connection, identity.id)
            return token is not None and _is_long_ago(token.used_at, now)
    return False


def remember_use(connection: Connection, identity: Identity, now: datetime, settings: Settings) -> None:
    """Write the last use of a session or token if that is due; a session's idle time begins anew."""
    if not use_is_due(connection, identity, now):
        return
    if isinstance(identity, ByToken):
        tokens.touch_token(connection, identity.id, now)
    elif isinstance(identity, BySession):
        session = _session(connection, identity, now)
        ends = min(session.created_at + settings.session_life, now + settings.session_idle)
        sessions.touch_session(connection, identity.id_hash, seen_at=now, expires_at=ends)


def _is_long_ago(used_at: datetime | None, now: datetime) -> bool:
    return used_at is None or now - used_at >= REMEMBER_EVERY


def _session(connection: Connection, identity: BySession, now: datetime) -> Session:
    session = sessions.find_session(connection, identity.id_hash)
    if session is None or not session.seen_at - _CLOCK_TOLERANCE <= now < session.expires_at:
        raise _ended("This session has ended.", "Sign in again.")
    return session


def _person(connection: Connection, email: str, via: str) -> Actor:
    return _active(email, active_person(connection, email), via)


def _active(email: str, person: Person | None, via: str) -> Actor:
    if person is None:
        raise _ended(f"There is no active person '{email}'.", "Ask an administrator.")
    name, held = person
    return Actor(email, name, held, via=via)


def _bearer(connection: Connection, identity: ByToken, now: datetime) -> Actor:
    token, person = tokens.find_bearer(connection, identity.id) or (None, None)
    if token is None or not token.is_active(now):
        raise _ended("This token is not valid, or not any more.", "Ask for a new one.")
    features = None if token.features is None else frozenset(token.features)
    limit = TokenLimit(token.id, token.name, token.role, features, token.clearance, token.created_by)
    via = f"token {token.name}"
    if token.email is None:
        return Actor(None, token.name, token=limit, via=via)
    return replace(_active(token.email, person, via), token=limit)


def _ended(detail: str, remedy: str) -> NotPermitted:
    return NotPermitted("unauthenticated", detail, remedy)
