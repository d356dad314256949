"""People: created, shown, changed, disabled; every use case here is for administrators unless it says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prompts_admin.domain.errors import Conflict, NotFound
from prompts_admin.domain.people.names import parse_email, parse_grant, parse_name
from prompts_admin.domain.people.permissions import EVERYWHERE, Grant
from prompts_admin.domain.people.records import User
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.people import NewUser
from prompts_admin.schemas.people import User as UserDocument
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.people import succession
from prompts_admin.services.people.one_time_links import create_link, send_link
from prompts_admin.services.people.passwords import HashedPassword
from prompts_admin.store.artifacts import drafts, presence
from prompts_admin.store.people import grants, one_time_links, sessions, tokens, users


@dataclass(frozen=True, kw_only=True)
class UserChange:
    """What to change of a person; None and empty leave it. `active` False disables, with `successor` if needed."""

    name: str | None = None
    grant: tuple[Grant, ...] = ()
    revoke: tuple[Grant, ...] = ()
    active: bool | None = None
    successor: str | None = None


def list_users(work: Work, *, after: str = "", limit: int = 50) -> ListOf[UserDocument]:
    """Return people in order of their address."""
    work.require("manage_people")
    found = users.list_users(work.connection, after=after, limit=limit + 1)
    page = found[:limit]
    held = grants.grants_by_email(work.connection, [user.email for user in page])
    items = [_as_json(user, held.get(user.email, frozenset())) for user in page]
    return {"items": items, "next": page[-1].email if len(found) > limit else None}


def show_user(work: Work, email: str) -> UserDocument:
    """Return one person. People may look at themselves."""
    if work.actor.email != email:
        work.require("manage_people")
    return _shown(work, email)


def create_user(
    work: Work, email: str, name: str, *, roles: Iterable[Grant] = (), password: HashedPassword | None = None
) -> NewUser:
    """Create a person. Without a password the answer carries `invite`, a link that works once.

    Raises Conflict("exists"), Refused("invalid").
    """
    work.require("manage_people")
    add_user(work, email, name, roles=roles, password=password)
    user = _shown(work, parse_email(email))
    made: NewUser = {
        "email": user["email"],
        "name": user["name"],
        "active": user["active"],
        "created_at": user["created_at"],
        "roles": user["roles"],
    }
    if password is None:
        made["invite"] = send_link(work, user["email"], "invite")
    return made


def invite_user(work: Work, email: str) -> NewUser:
    """Return the person with `invite`, a new link that works once; the links before it end.

    Raises NotFound, Refused("invalid") for somebody who is disabled.
    """
    link = create_link(work, email)
    return {**_shown(work, email), "invite": link}


def change_user(work: Work, email: str, change: UserChange) -> UserDocument:
    """Change name, roles and whether a person is active, all or nothing; return the person.

    Raises Refused("in_use") when somebody has to follow them and no successor is named.
    """
    work.require("manage_people")
    user = _found(work, email)
    if change.name is not None:
        name = parse_name(change.name)
        users.update_user(work.connection, email, name=name)
        work.record("rename_user", email, before=user.name, after=name)
    for grant in change.grant:
        succession.add_grant(work, email, parse_grant(*grant))
    _revoke(work, email, [parse_grant(*grant) for grant in change.revoke], change.successor)
    if change.active is not None and change.active != user.is_active:
        _set_active(work, email, active=change.active, successor=change.successor)
    return _shown(work, email)


def grant_roles(work: Work, email: str, roles: Iterable[Grant]) -> UserDocument:
    """Give a person roles."""
    return change_user(work, email, UserChange(grant=tuple(roles)))


def revoke_roles(
    work: Work, email: str, roles: Iterable[Grant], *, successor: str | None = None
) -> UserDocument:
    """Take roles from a person; the last one who can fill a needed role needs a successor."""
    return change_user(work, email, UserChange(revoke=tuple(roles), successor=successor))


def disable_user(work: Work, email: str, *, successor: str | None = None) -> UserDocument:
    """Disable a person: sessions, tokens and links end at once, and their sign-offs no longer count.

    Tokens that they made for others and for programs end too, since they may know them; those that only serve stay.
    """
    return change_user(work, email, UserChange(active=False, successor=successor))


def enable_user(work: Work, email: str) -> UserDocument:
    """Let a disabled person sign in again; their tokens stay revoked."""
    return change_user(work, email, UserChange(active=True))


def set_password(work: Work, email: str, password: HashedPassword) -> UserDocument:
    """Give a person a password; their sessions and links end."""
    work.require("manage_people")
    _found(work, email)
    replace_password(work, email, password)
    work.record("set_password", email)
    work.announce("notify", {"event": "password_set", "to": [email], "by": work.actor.label})
    return _shown(work, email)


def add_user(
    work: Work, email: str, name: str, *, roles: Iterable[Grant] = (), password: HashedPassword | None = None
) -> User:
    """Write a new person and their roles; the part that the first set-up and the demo share."""
    address = parse_email(email)
    if users.find_user(work.connection, address):
        raise Conflict("exists", f"'{address}' exists already.", f"Change them: user {address}.")
    hashed = password.hash if password else None
    user = User(address, parse_name(name), work.now, work.actor.label, hashed)
    users.insert_user(work.connection, user)
    work.record("create_user", address, name=user.name)
    for grant in roles:
        succession.add_grant(work, address, parse_grant(*grant))
    return user


def replace_password(work: Work, email: str, password: HashedPassword, *, keep: str | None = None) -> None:
    """Write a password; end the person's sessions (but the one with the hash `keep`) and open links."""
    users.update_user(work.connection, email, password_hash=password.hash)
    sessions.delete_sessions(work.connection, email, keep=keep)
    one_time_links.close_all(work.connection, work.now, email=email)


def _revoke(work: Work, email: str, roles: list[Grant], successor: str | None) -> None:
    held = grants.grants_of(work.connection, email)
    gone = held & frozenset(roles)
    succession.hand_over(
        work, email, succession.last_roles(work, email, held - gone) if gone else [], successor
    )
    for role, feature in sorted(gone):
        grants.delete_grant(work.connection, email, role=role, feature=feature)
        work.record("revoke_role", email, feature=None if feature == EVERYWHERE else feature, role=role)


def _set_active(work: Work, email: str, *, active: bool, successor: str | None) -> None:
    if not active:
        held = succession.offices(work, email) + succession.last_roles(work, email, frozenset())
        succession.hand_over(work, email, held, successor)
        sessions.delete_sessions(work.connection, email)
        tokens.revoke_tokens(work.connection, work.now, email=email)
        tokens.revoke_tokens_made_by(work.connection, work.now, email=email)
        one_time_links.close_all(work.connection, work.now, email=email)
        drafts.delete_drafts_of(work.connection, email)
        presence.delete_editors_of(work.connection, email)
    users.update_user(work.connection, email, disabled_at=None if active else work.now)
    work.record("enable_user" if active else "disable_user", email, successor=successor)


def _found(work: Work, email: str) -> User:
    user = users.find_user(work.connection, email)
    if user is None:
        raise NotFound("not_found", f"There is no person '{email}'.", "Look at the list: user list.")
    return user


def _shown(work: Work, email: str) -> UserDocument:
    return _as_json(_found(work, email), grants.grants_of(work.connection, email))


def _as_json(user: User, held: frozenset[Grant]) -> UserDocument:
    return {
        "email": user.email,
        "name": user.name,
        "active": user.is_active,
        "created_at": iso(user.created_at),
        "roles": [{"role": role, "feature": feature} for role, feature in sorted(held)],
    }
