"""Who is writing: the person behind a request, and who else is in the same artifact just now."""

from __future__ import annotations

from typing import TypedDict

from prompts_admin.domain.content.drafts import NEW, PRESENT_FOR
from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.services.artifacts.references import known_version
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import presence


class Writer(TypedDict):
    """Who is writing, and since when."""

    name: str
    email: str
    since: str


def person_here(work: Work) -> str:
    """Return whose drafts these are; raises NotPermitted for a token, which somebody else may have made."""
    if work.actor.is_anonymous:
        work.require_somewhere("read")
    if not work.actor.is_person or work.actor.email is None or work.actor.token is not None:
        raise NotPermitted("forbidden", "Drafts belong to people who are signed in.", "Sign in in a browser.")
    return work.actor.email


def come_to_write(work: Work, key: str) -> list[Writer]:
    """Note that the asker is writing, and return who else is."""
    if key == NEW:
        return []
    email = person_here(work)
    known_version(work, parse_key(key), 1)
    work.require("save", feature_of(parse_key(key)))
    presence.note_editor(work.connection, key, email, now=work.now, after=work.now - PRESENT_FOR)
    return list_others(work, key)


def list_others(work: Work, key: str) -> list[Writer]:
    """Return who else was seen writing within the last minute; nobody who may not read it is told."""
    if key == NEW:
        return []
    work.require("read", feature_of(parse_key(key)))
    found = presence.present(work.connection, key, after=work.now - PRESENT_FOR)
    return [
        {"name": one.name, "email": one.email, "since": iso(one.since)}
        for one in found
        if one.email != work.actor.email
    ]


def leave(work: Work, key: str) -> None:
    """Forget that the asker is writing."""
    if work.actor.email:
        presence.delete_editor(work.connection, key, work.actor.email)
