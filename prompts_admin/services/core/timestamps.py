"""Moments as JSON writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def iso(moment: datetime) -> str: ...
@overload
def iso(moment: None) -> None: ...
def iso(moment: datetime | None) -> str | None:
    """Return ISO 8601 in UTC with microseconds and `Z`."""
    if moment is None:
        return None
    # Not `strftime`, which writes the years before 1000 with less than four digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
