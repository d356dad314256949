"""Reading forms. A field that came twice is refused: two readers could believe different ones (ASVS 15.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from prompts_admin.domain.errors import Problem, ProductError, Refused, Usage
from prompts_admin.domain.stages import share_of
from prompts_admin.web.ui.remedies import on_page

OWN = frozenset({"csrf_token", "once", "action", "next", "counter", "tab", "draft"})
SECRET = frozenset({"password", "old", "new", "secret"})
"""Fields that no page ever shows again."""


@dataclass(frozen=True)
class Form:
    """What a form shows: what was typed, and what is wrong with it (`errors`: field -> sentence)."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    summary: str = ""
    remedy: str = ""
    status: int = 200
    names: frozenset[str] = frozenset()
    retry_after: int | None = None
    code: str = ""

    @property
    def errors(self) -> dict[str, str]:
        """Return the first sentence for each field that a problem's path names."""
        found: dict[str, str] = {}
        for problem in self.problems:
            found.setdefault(problem.path, " ".join(p for p in (problem.message, problem.remedy) if p))
        return found

    @property
    def is_refused(self) -> bool:
        """True when there is something to say in the summary."""
        return bool(self.summary or self.problems)

    def get(self, name: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return self.typed.get(name, default)


def text(name: str, default: str = "") -> str:
    """Return a field of the form as it was typed; line ends are those of a file, not those of a form."""
    return _one(request.form, name, default).replace("\r\n", "\n")


def line(name: str, default: str = "") -> str:
    """Return a field of the form without the space around it."""
    return text(name, default).strip()


def several(name: str) -> tuple[str, ...]:
    """Return every value of a field that may be chosen more than once."""
    return tuple(request.form.getlist(name))


def ticked(name: str) -> bool:
    """Tell whether a check box was ticked."""
    return bool(_one(request.form, name, ""))


def asked(name: str, default: str = "") -> str:
    """Return a parameter of the address without the space around it."""
    return _one(request.args, name, default).strip()


def number(value: str, name: str) -> int:
    """Return a whole number from a form or an address; raises Usage `malformed`."""
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Usage("malformed", f"'{name}' is no number.", "Go back and choose again.")
    return int(value)


def typed() -> dict[str, str]:
    """Return every field that a person filled in, to be shown again; secrets are not."""
    names = [name for name in request.form if name not in OWN | SECRET]
    return {name: text(name) for name in names if len(request.form.getlist(name)) == 1}


def refused(error: ProductError) -> Form:
    """Return the form again with what was typed and what is wrong.

    A problem whose path is the name of a field is said at that field too, any other in the summary alone.
    """
    return Form(
        typed(),
        error.problems,
        error.detail,
        on_page(error),
        error.status,
        frozenset(request.form),
        error.members.get("retry_after"),
        error.code,
    )


def _one(values: MultiDict[str, Any], name: str, default: str) -> str:
    found = values.getlist(name)
    if len(found) > 1:
        raise Usage("malformed", f"'{name}' was sent {len(found)} times.", "Send it once.")
    return str(found[0]) if found else default


def standing(settled: int | None, candidate: int | None, percentage: float | None) -> str:
    """Return what stands on a stage as a hidden field says it; the share in percent."""
    return f"{settled or 0}.{candidate or 0}.{share_of(percentage or 0) if candidate else 0}"


def moment(text: str, name: str) -> datetime:
    """Return a moment in UTC as a field for date and time writes it; raises Refused("invalid")."""
    try:
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong_field(
            name, "That is no date with a time.", "Write it like 2026-11-23 08:00, in UTC."
        ) from None


def wrong_field(name: str, message: str, remedy: str) -> Refused:
    """Return the refusal of one field of a form."""
    return Refused("invalid", message, remedy, (Problem(message, path=name, remedy=remedy),))
