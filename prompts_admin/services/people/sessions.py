"""Sessions: opened for somebody whose password was right, listed, ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

from prompts_admin.domain.errors import NotFound, NotPermitted, Refused
from prompts_admin.domain.people.permissions import Actor
from prompts_admin.domain.people.records import Session, User
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.people import Ended
from prompts_admin.services.core.secrets import digest, new_secret
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.accounts import replace_password
from prompts_admin.services.people.passwords import HashedPassword
from prompts_admin.store.people import sessions, users

_SHOWN = 16
_LONGEST_LABEL = 200


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where somebody signs in: what the session is called in lists, and the id hash of the one it replaces."""

    label: str = ""
    previous: str | None = None


def stored_hash(work: Work, email: str) -> str | None:
    """Return the password hash of an active person, None where there is none; for the sign-in alone."""
    user = users.find_user(work.connection, email)
    return user.password_hash if user and user.is_active else None


class Person(TypedDict):
    """Who somebody is."""

    email: str
    name: str


class OpenedSession(Person):
    """A session that was just opened; `session` is the secret for the cookie."""

    session: str
    expires_at: str


class OwnSession(TypedDict):
    """One of the asker's sessions; `current` is the one that asks."""

    id: str
    label: str
    created_at: str
    seen_at: str
    expires_at: str
    current: bool


class OwnAddress(TypedDict):
    """Whose password was set."""

    email: str


def whoami(work: Work) -> Person:
    """Return who asks, a person."""
    return {"email": _own_email(work), "name": work.actor.name}


def open_session(
    work: Work, email: str, login: Login, *, verified: str, stronger: HashedPassword | None = None
) -> OpenedSession:
    """Open a session for a person whose password fitted the hash `verified`.

    The password was checked before this transaction, so person and hash are looked at again here. `stronger`
    takes the place of a hash that is too weak by now. Raises NotPermitted("unauthenticated").
    """
    user = users.find_user(work.connection, email)
    if user is None or not user.is_active or user.password_hash != verified:
        raise wrong_password()
    if stronger is not None:
        users.replace_hash(work.connection, email, old=verified, new=stronger.hash)
    return _open(work, user, login)


def open_demo_session(work: Work, email: str, login: Login) -> OpenedSession:
    """Open a session for one of the people of a demo store, without a password. Raises Refused("demo_only")."""
    if not work.head.demo:
        raise Refused("demo_only", "This is no demo store.", "Sign in with a password.")
    user = users.find_user(work.connection, email)
    if user is None or not user.is_active:
        raise wrong_password()
    return _open(work, user, login)


def list_sessions(work: Work, current: str | None = None) -> ListOf[OwnSession]:
    """Return the asker's own sessions, the one used last first; `current` is the id hash of this one."""
    found = sessions.sessions_of(work.connection, _own_email(work), now=work.now)
    return {"items": [_as_json(session, current) for session in found], "next": None}


def end_session(work: Work, session_id: str) -> Ended:
    """End one of the asker's own sessions by the id that the list shows. Raises NotFound."""
    own = sessions.sessions_of(work.connection, _own_email(work), now=work.now)
    matching = [session for session in own if session.id_hash[:_SHOWN] == session_id]
    if not matching:
        raise NotFound("not_found", "There is no such session.", "Look at the list of your sessions.")
    return _end(work, matching[0].email, only=matching[0].id_hash)


def sign_out(work: Work, current: str) -> Ended:
    """End the session with this id hash, the asker's own."""
    return _end(work, _own_email(work), only=current)


def end_all_sessions(work: Work, email: str | None = None, *, keep: str | None = None) -> Ended:
    """End every session of the asker but `keep`, or as an administrator every one of `email`."""
    if email is not None and email != work.actor.email:
        work.require("manage_people")
        return _end(work, email)
    return _end(work, _own_email(work), keep=keep)


def change_own_password(
    work: Work, password: HashedPassword, *, verified: str | None, keep: str | None = None
) -> OwnAddress:
    """Set the asker's password after the old one fitted the hash `verified`.

    Every other session and every open link of theirs ends. Raises NotPermitted("unauthenticated") when the
    password was changed in between; tokens cannot change passwords.
    """
    email = _own_email(work)
    if work.actor.token is not None:
        raise NotPermitted("forbidden", "A token cannot change a password.", "Sign in.")
    user = users.find_user(work.connection, email)
    if user is None or verified is None or user.password_hash != verified:
        raise wrong_password()
    replace_password(work, email, password, keep=keep)
    work.record("set_password", email, by="own")
    return {"email": email}


def wrong_password() -> NotPermitted:
    """Return the one answer to a wrong password, an unknown person and a disabled one."""
    return NotPermitted("unauthenticated", "Address or password is wrong.", "Try again, or ask for a link.")


def _open(work: Work, user: User, login: Login) -> OpenedSession:
    secret = f"ps_{new_secret()}"
    ends = work.now + min(work.settings.session_life, work.settings.session_idle)
    sessions.delete_expired(work.connection, work.now)
    # Also when it was somebody else's: a browser holds one session at a time.
    earlier = sessions.find_session(work.connection, login.previous) if login.previous else None
    if earlier is not None:
        sessions.delete_sessions(work.connection, earlier.email, only=earlier.id_hash)
    label = "".join(c for c in login.label if c.isprintable())[:_LONGEST_LABEL]
    sessions.insert_session(
        work.connection, Session(digest(secret), user.email, work.now, work.now, ends, label)
    )
    own = replace(work, actor=Actor(user.email, user.name, via=work.actor.via))
    own.record("sign_in", user.email, label=label)
    return {"session": secret, "email": user.email, "name": user.name, "expires_at": iso(ends)}


def _end(work: Work, email: str, *, only: str | None = None, keep: str | None = None) -> Ended:
    ended = sessions.delete_sessions(work.connection, email, only=only, keep=keep)
    if ended:
        work.record("end_sessions", email, count=ended)
    return {"email": email, "ended": ended}


def _own_email(work: Work) -> str:
    if not work.actor.email:
        raise NotPermitted("unauthenticated", "Nobody is signed in.", "Sign in.")
    return work.actor.email


def _as_json(session: Session, current: str | None) -> OwnSession:
    return {
        "id": session.id_hash[:_SHOWN],
        "label": session.label,
        "created_at": iso(session.created_at),
        "seen_at": iso(session.seen_at),
        "expires_at": iso(session.expires_at),
        "current": session.id_hash == current,
    }
