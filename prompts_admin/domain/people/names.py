"""What counts as an address, a person's name and a grant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.keys import parse_feature
from prompts_admin.domain.people.permissions import ACCESS_ROLES, EVERYWHERE, Grant, is_stakeholder_role

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,186}[a-z0-9])?")
_LONGEST_NAME = 100
# Characters that end an author's name in git, and with it the meaning of a commit.
_NOT_IN_NAMES = frozenset("<>")


def parse_email(text: object) -> str:
    """Return an address in lower case; raise Refused("invalid") for what no mail server would take."""
    email = text.strip().lower() if isinstance(text, str) else ""
    if _EMAIL.fullmatch(email) is None or ".." in email:
        raise Refused("invalid", f"{_shown(text)} is no email address.", "Write it like ana@example.com.")
    return email


def parse_name(text: object) -> str:
    """Return a person's or token's name: one line, 1 to 100 printable characters."""
    name = " ".join(text.split()) if isinstance(text, str) else ""
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or _NOT_IN_NAMES & set(name):
        raise Refused("invalid", f"{_shown(text)} is no name.", "Use 1 to 100 printable characters.")
    return name


def parse_grant(role: object, feature: object = EVERYWHERE) -> Grant:
    """Return (role, feature) for an access role or a stakeholder role, on a feature or everywhere (`*`)."""
    if not isinstance(role, str) or not (role in ACCESS_ROLES or is_stakeholder_role(role)):
        raise Refused(
            "invalid",
            f"{_shown(role)} is no role.",
            f"Use one of {', '.join(ACCESS_ROLES)}, or a stakeholder role of a-z, 0-9, '-' and '_'.",
        )
    return role, EVERYWHERE if feature == EVERYWHERE else parse_feature(feature)


def fills(grants: Iterable[Grant], role: str, feature: str) -> bool:
    """Tell whether these grants allow acting in `role` on `feature` (`*`: everywhere), reading included."""
    here = {held for held, place in grants if place in (EVERYWHERE, feature)}
    return role in here and not here.isdisjoint(ACCESS_ROLES)


def _shown(text: object) -> str:
    return f"'{text[:80]}'" if isinstance(text, str) and text.isprintable() else "This"
