"""Moments as JSON writes them: as RFC 3339 has them, whatever somebody asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from prompts_admin.services.core.timestamps import iso


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "2026-03-02T09:00:00.000000Z"),
        (datetime(2026, 3, 2, 9, 0, 0, 7, timezone(timedelta(hours=2))), "2026-03-02T07:00:00.000007Z"),
        (datetime(134, 2, 27, 4, 57, 22, tzinfo=UTC), "0134-02-27T04:57:22.000000Z"),
    ],
    ids=["usual", "elsewhere", "long ago"],
)
def test_a_moment_is_written_in_utc_with_four_digits_of_the_year(moment: datetime, written: str) -> None:
    """Microseconds and `Z` always, so that texts sort as moments do."""
    assert written == iso(moment)
