"""Times as people write and read them, in their own zone; on the wire they are in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

FORMS = "Write 2026-11-22T14:30, or with a zone 2026-11-22T14:30Z; a time without a zone is your own."


def parse_moment(text: str) -> str:
    """Return an ISO 8601 moment in UTC with `Z`; a text without a zone means this machine's own time.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text.strip())
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_option(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Read an option that is a moment; a usage error says which forms there are."""
    try:
        return None if value is None else parse_moment(value)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is no time. {FORMS}", ctx, param) from None


def when(moment: Any) -> str:
    """Return a moment of an answer for people, to the minute, in this machine's time zone."""
    if not moment:
        return ""
    try:
        return datetime.fromisoformat(str(moment)).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return str(moment)
