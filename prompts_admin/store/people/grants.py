"""Rows of grants: which role a person holds, on a feature or everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.people.permissions import ACCESS_ROLES, EVERYWHERE, Grant
from prompts_admin.domain.people.records import GrantRow, Holder
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of
from prompts_admin.store.tables import grants, users

_OF_PEOPLE = sa.select(grants.c.email, grants.c.role, grants.c.feature).where(
    grants.c.email.in_(any_of("emails"))
)


_PERSON = Prepared(
    sa.select(users.c.name, grants.c.role, grants.c.feature)
    .outerjoin(grants, grants.c.email == users.c.email)
    .where(users.c.email == sa.bindparam("email"), users.c.disabled_at.is_(None))
)


def grants_of(connection: Connection, email: str) -> frozenset[Grant]:
    """Return the (role, feature) pairs of one person."""
    return grants_by_email(connection, [email]).get(email, frozenset())


def active_person(connection: Connection, email: str) -> tuple[str, frozenset[Grant]] | None:
    """Return the name and the (role, feature) pairs of a person, by one query; None unless active."""
    rows = _PERSON.rows(connection, {"email": email})
    if not rows:
        return None
    return str(rows[0][0]), frozenset((role, feature) for _, role, feature in rows if role is not None)


def grants_by_email(connection: Connection, emails: Collection[str]) -> dict[str, frozenset[Grant]]:
    """Return the (role, feature) pairs of several people in one query."""
    found: dict[str, set[Grant]] = {}
    for email, role, feature in connection.execute(_OF_PEOPLE, {"emails": list(emails)}):
        found.setdefault(email, set()).add((role, feature))
    return {email: frozenset(held) for email, held in found.items()}


def insert_grant(connection: Connection, row: GrantRow) -> bool:
    """Add a grant; False when the person holds it already."""
    held = sa.select(grants.c.email).where(*_same(row.email, row.role, row.feature))
    if connection.execute(held).first():
        return False
    connection.execute(grants.insert().values(asdict(row)))
    return True


def delete_grant(connection: Connection, email: str, *, role: str, feature: str) -> bool:
    """Remove a grant; False when the person does not hold it."""
    return connection.execute(grants.delete().where(*_same(email, role, feature))).rowcount == 1


def holders_of(connection: Connection, feature: str) -> dict[str, frozenset[str]]:
    """Return who may sign on `feature` ("": on the workspace): active people by stakeholder role."""
    return holders_on(connection, [feature])[feature]


def holders_on(connection: Connection, features: Collection[str]) -> dict[str, dict[str, frozenset[str]]]:
    """Return `holders_of` each of `features`, by one query."""
    rows = connection.execute(_ACTIVE_ON, {"places": [EVERYWHERE, *features]}).all()
    return {feature: _signers(rows, {EVERYWHERE, feature}) for feature in features}


def holders(
    connection: Connection, roles: Collection[str] | None = None, *, feature: str | None = None
) -> list[Holder]:
    """Return the active people who hold one of `roles` on `feature` or everywhere (None: everywhere only).

    Without `roles`: every stakeholder role. Only those who may also read there: others could not sign.
    """
    places = [EVERYWHERE] if feature is None else [EVERYWHERE, feature]
    given = {"places": places, "roles": list(ACCESS_ROLES if roles is None else roles)}
    return [Holder(*row) for row in connection.execute(_holders(named=roles is not None), given)]


_ACTIVE_ON = (
    sa.select(grants.c.email, grants.c.role, grants.c.feature)
    .join(users, users.c.email == grants.c.email)
    .where(users.c.disabled_at.is_(None), grants.c.feature.in_(any_of("places")))
)


def _signers(rows: Iterable[tuple[str, str, str]], places: Collection[str]) -> dict[str, frozenset[str]]:
    """Return who holds each stakeholder role at `places` and may also read there."""
    here = [(email, role) for email, role, place in rows if place in places]
    readers = {email for email, role in here if role in ACCESS_ROLES}
    found: dict[str, set[str]] = {}
    for email, role in here:
        if role not in ACCESS_ROLES and email in readers:
            found.setdefault(role, set()).add(email)
    return {role: frozenset(emails) for role, emails in found.items()}


@cache
def _holders(*, named: bool) -> sa.Select[Any]:
    """Return the statement of `holders`: of the roles `named`, or of every role but those."""
    asked = grants.c.role.in_(any_of("roles")) if named else grants.c.role.not_in(any_of("roles"))
    reading = grants.alias("reading")
    reads = sa.exists().where(
        reading.c.email == grants.c.email,
        reading.c.role.in_(ACCESS_ROLES),
        reading.c.feature.in_(any_of("places")),
    )
    return (
        sa.select(users.c.email, users.c.name, grants.c.role, grants.c.feature)
        .join(users, users.c.email == grants.c.email)
        .where(users.c.disabled_at.is_(None), asked, grants.c.feature.in_(any_of("places")), reads)
        .order_by(grants.c.role, users.c.email, grants.c.feature)
    )


def _same(email: str, role: str, feature: str) -> tuple[sa.ColumnElement[bool], ...]:
    return grants.c.email == email, grants.c.role == role, grants.c.feature == feature
