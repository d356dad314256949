"""How long a version was settled at a place, read from what happened there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.live_duration import term_of
from prompts_admin.domain.releases.records import HistoryLine
from prompts_admin.domain.stages import Entry

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _lines(settled: list[int | None], kinds: list[str] | None = None) -> list[HistoryLine]:
    """Return a history in which one version after another is settled, an hour each."""
    pairs = zip([None, *settled], settled, strict=False)
    return [
        HistoryLine(
            n + 1,
            kinds[n] if kinds else "promotion",
            START + n * HOUR,
            "pm@example.com",
            Entry(settled=old),
            Entry(settled=new),
        )
        for n, (old, new) in enumerate(pairs)
    ]


def test_a_version_that_stands_is_still_counted() -> None:
    """Without an end the time up to now counts."""
    term = term_of(_lines([6]), 6, now=START + 5 * HOUR)
    assert term is not None
    assert (START, None, 5 * HOUR, 1) == (term.since, term.until, term.lasted, term.release)


def test_what_came_back_by_rollback_is_traced_to_the_promotion() -> None:
    """A rollback was signed by nobody: the sign-offs are those of the promotion that brought the version."""
    term = term_of(_lines([6, 7, 6], ["promotion", "promotion", "rollback"]), 6, now=START + 4 * HOUR)
    assert term is not None
    assert (START + 2 * HOUR, None, 3 * HOUR, 1) == (term.since, term.until, term.lasted, term.release)


def test_what_never_stood_has_no_term() -> None:
    """Not even a term of nothing."""
    assert term_of(_lines([6, 7]), 8, now=START + 4 * HOUR) is None


@given(st.lists(st.sampled_from([None, 1, 2, 3]), min_size=1, max_size=12))
def test_the_terms_of_all_versions_fill_the_time(settled: list[int | None]) -> None:
    """Somebody was always settled, except where nothing was: the times add up to the whole."""
    now = START + len(settled) * HOUR
    terms = [term for version in (1, 2, 3) if (term := term_of(_lines(settled), version, now=now))]
    assert sum(version is not None for version in settled) * HOUR == sum(
        (term.lasted for term in terms), timedelta()
    )
    standing = [term for term in terms if term.until is None]
    assert (settled[-1] is not None) == (len(standing) == 1)
