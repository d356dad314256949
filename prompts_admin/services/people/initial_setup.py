"""The first people of a store: its administrator, made through a set-up link, or the people of the demo."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from prompts_admin.domain.errors import NotFound
from prompts_admin.domain.people.names import parse_email, parse_name
from prompts_admin.domain.people.permissions import EVERYWHERE, Actor
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.accounts import add_user, replace_password
from prompts_admin.services.people.one_time_links import open_link
from prompts_admin.services.people.passwords import HashedPassword
from prompts_admin.services.people.sessions import Person
from prompts_admin.services.people.succession import ADMIN
from prompts_admin.store.people import one_time_links, users

DEMO_OWNER = "admin@example.com"
DEMO_PEOPLE = (
    ("pm@example.com", "Paula Marsh", ("editor", "product")),
    ("pm2@example.com", "Pedro Moreno", ("editor", "product")),
    ("ml@example.com", "Mina Larsen", ("releaser", "ml")),
    ("legal@example.com", "Lena Gallo", ("viewer", "legal")),
    ("oncall@example.com", "Omar Castell", ("releaser",)),
    (DEMO_OWNER, "Ada Minns", ("admin",)),
)
"""(email, name, roles everywhere): a second product manager, so that an author is never the only one."""


class DemoPeople(TypedDict):
    """The addresses of people who were made."""

    items: list[str]


def complete_setup(work: Work, secret: str, email: str, *, name: str, password: HashedPassword) -> Person:
    """Create the first administrator, the owner of the store, through the set-up link.

    Raises NotFound when the link is unknown, used or over, or when there is somebody already.
    """
    link = open_link(work, secret)
    if link.purpose != "setup" or not one_time_links.use(work.connection, link.secret_hash, work.now):
        raise NotFound("not_found", "This link was used or is over.", "Start the server again for a new one.")
    address = parse_email(email)
    own = replace(work, actor=Actor(address, parse_name(name), frozenset({ADMIN}), via=work.actor.via))
    user = add_user(own, address, name, roles=[ADMIN], password=password)
    work.uow.change_head(owner=address)
    return {"email": user.email, "name": user.name}


def complete_link(work: Work, secret: str, password: HashedPassword) -> Person:
    """Set the password of whoever an invitation or reset link was made for.

    The link is used up, the person's sessions and other links end.
    """
    link = open_link(work, secret)
    if link.email is None or not one_time_links.use(work.connection, link.secret_hash, work.now):
        raise NotFound("not_found", "This link was used or is over.", "Ask an administrator for a new one.")
    replace_password(work, link.email, password)
    name = users.names_of(work.connection, [link.email])[link.email]
    own = replace(work, actor=Actor(link.email, name, via=work.actor.via))
    own.record("set_password", link.email, by=link.purpose)
    return {"email": link.email, "name": name}


def demo_people(work: Work) -> DemoPeople:
    """Create the people of the demo who are missing and make its administrator the owner."""
    made = [
        add_user(work, email, name, roles=[(role, EVERYWHERE) for role in roles]).email
        for email, name, roles in DEMO_PEOPLE
        if users.find_user(work.connection, email) is None
    ]
    if work.head.owner is None:
        work.uow.change_head(owner=DEMO_OWNER)
    return {"items": made}
