"""Links that work once and not for long: the first set-up, invitations, password resets."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import NotFound, Refused
from prompts_admin.domain.people.records import Invite
from prompts_admin.schemas.people import Invite as InviteDocument
from prompts_admin.services.core.secrets import digest, new_secret
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.people import one_time_links, users


def create_link(work: Work, email: str) -> InviteDocument:
    """Make the link by which a person sets a new password.

    For administrators. The person is told, since whoever holds the link can become them.
    """
    work.require("manage_people")
    user = users.find_user(work.connection, email)
    if user is None:
        raise NotFound("not_found", f"There is no person '{email}'.", remedies.see_people())
    if not user.is_active:
        raise Refused("invalid", f"'{email}' is disabled.", "Enable them first.")
    return send_link(work, email, "reset" if user.password_hash else "invite")


def send_link(work: Work, email: str, purpose: str) -> InviteDocument:
    """Close a person's open links and make a new one; the caller has checked the right to."""
    one_time_links.close_all(work.connection, work.now, email=email)
    link = _new_link(work, purpose, email)
    work.record("create_link", email, purpose=purpose)
    work.announce("notify", {"event": f"{purpose}_link", "to": [email], "by": work.actor.label})
    return link


def create_setup_link(work: Work) -> InviteDocument:
    """Make the link by which the first administrator is created; only while there is nobody at all."""
    if users.any_user(work.connection):
        raise Refused("in_use", "This store has been set up already.", "Sign in.")
    one_time_links.close_all(work.connection, work.now, email=None)
    return _new_link(work, "setup", None)


class LinkPurpose(TypedDict):
    """What a link is for, and for whom; a set-up link is for nobody yet."""

    purpose: str
    email: str | None
    name: str | None


def read_link(work: Work, secret: str) -> LinkPurpose:
    """Return what a link is for. Raises NotFound when it is unknown, used or expired."""
    link = open_link(work, secret)
    user = users.find_user(work.connection, link.email) if link.email else None
    return {"purpose": link.purpose, "email": link.email, "name": user.name if user else None}


def open_link(work: Work, secret: str) -> Invite:
    """Return the open link of this secret; a person who was disabled has none."""
    link = one_time_links.find_open(work.connection, digest(secret), work.now)
    if link is not None and link.email is not None:
        user = users.find_user(work.connection, link.email)
        link = link if user and user.is_active else None
    if link is None or (link.purpose == "setup" and users.any_user(work.connection)):
        raise NotFound("not_found", "This link was used or is over.", "Ask an administrator for a new one.")
    return link


def _new_link(work: Work, purpose: str, email: str | None) -> InviteDocument:
    secret = new_secret()
    ends = work.now + timedelta(hours=work.settings.link_hours)
    one_time_links.insert_invite(work.connection, Invite(digest(secret), purpose, email, work.now, ends))
    return {
        "purpose": purpose,
        "email": email,
        "secret": secret,
        "url": f"{work.settings.base_url}/{'setup' if purpose == 'setup' else 'links'}/{secret}",
        "expires_at": iso(ends),
    }
