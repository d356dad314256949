"""People and tokens: who may do what, and which programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompts_cli.times import when
from prompts_cli.views.console import joined, show, styled, table

Document = Mapping[str, Any]


def show_people(people: Sequence[Document]) -> None:
    """Print people and what they may do."""
    rows = [
        [
            person["email"],
            person.get("name"),
            _roles(person),
            "" if person.get("active", True) else "disabled",
        ]
        for person in people
    ]
    show(table("email", "name", "roles", "", rows=rows))


def show_person(person: Document) -> None:
    """Print one person; a link to set their password is shown when there is one."""
    disabled = "" if person.get("active", True) else "disabled"
    show(joined(styled(person["email"], "bold"), person.get("name"), _roles(person), disabled, gap=" · "))
    if person.get("invite"):
        show_link(person["invite"])


def show_link(link: Document) -> None:
    """Print a link by which somebody sets their password."""
    show(
        f"Send this link to {link['email']}; it works once, until {when(link['expires_at'])}:",
        str(link["url"]),
    )


def show_tokens(tokens: Sequence[Document]) -> None:
    """Print tokens without their secrets."""
    rows = [
        [
            str(token["id"]),
            token.get("name"),
            token.get("role"),
            ", ".join(token.get("features") or ()) or "all features",
            token.get("clearance"),
            token.get("user"),
            _end(token),
            when(token.get("used_at")),
        ]
        for token in tokens
    ]
    show(table("id", "name", "role", "features", "clearance", "acts as", "ends", "last used", rows=rows))
    published = [token for token in tokens if token.get("snapshot")]
    if published:
        show("Published snapshots; whoever has an address can read it:")
        show(*(f"  {token.get('name')}: {token['snapshot']}" for token in published))


def show_new_token(token: Document) -> None:
    """Print a token that was just made, with its secret."""
    show(joined(styled(token.get("name", ""), "bold"), token.get("role"), f"id {token['id']}", gap=" · "))
    show("Keep it safe; it is shown this once:", str(token["token"]))
    if token.get("snapshot"):
        show("Its snapshot is published; whoever has this address can read it:", str(token["snapshot"]))


def _end(token: Document) -> str:
    if token.get("revoked_at"):
        return "revoked"
    return when(token.get("expires_at")) if token.get("active", True) else "expired"


def _roles(person: Document) -> str:
    told = []
    for role in person.get("roles") or ():
        feature = role.get("feature") if isinstance(role, Mapping) else None
        name = str(role["role"] if isinstance(role, Mapping) else role)
        told.append(name if feature in (None, "", "*") else f"{name} of {feature}")
    return ", ".join(told)
