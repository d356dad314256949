"""The bands of a time line: what was live at a place when."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.records import HistoryLine
from prompts_admin.domain.releases.states import PROMOTING, PUTTING_BACK
from prompts_admin.domain.releases.timeline import Band, bands_of, merged, within
from prompts_admin.domain.stages import EMPTY, Entry
from tests.support.lengths import examples

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = (*PROMOTING, *PUTTING_BACK)
entries = st.one_of(
    st.just(EMPTY),
    st.integers(1, 9).map(Entry),
    st.tuples(st.integers(1, 4), st.integers(5, 9), st.integers(1, 99_999)).map(lambda e: Entry(*e)),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[HistoryLine], datetime]:
    """A place's history and a moment now; most clocks go on, some stand still or go back a little."""
    at, before, lines = START, EMPTY, []
    for number in range(draw(st.integers(0, 12))):
        at += timedelta(seconds=draw(st.integers(-5, 5000)))
        after = draw(entries)
        lines.append(
            HistoryLine(number + 1, draw(st.sampled_from(KINDS)), at, "pm@example.com", before, after)
        )
        before = after
    return lines, at + timedelta(seconds=draw(st.integers(-5, 5000)))


@examples(150)
@given(histories())
def test_bands_never_overlap_and_cover_from_first_live_to_now(
    case: tuple[list[HistoryLine], datetime],
) -> None:
    """One band a release, each beginning where the one before ended, the last one ending now."""
    history, now = case
    bands = bands_of(history, now=now)
    assert [line.release for line in history] == [band.release for band in bands]
    assert all(band.start <= band.end for band in bands)
    assert all(left.end == right.start for left, right in itertools.pairwise(bands))
    if bands:
        assert (min(history[0].at, now), now) == (bands[0].start, bands[-1].end)


@examples(100)
@given(histories())
def test_the_last_band_is_what_is_live(case: tuple[list[HistoryLine], datetime]) -> None:
    """Also when the last release switched the place off."""
    history, now = case
    assert [line.after for line in history][-1:] == [band.entry for band in bands_of(history, now=now)][-1:]


@examples(150)
@given(histories(), st.integers(-1000, 60_000))
def test_a_range_cuts_one_band_and_loses_none_after_it(
    case: tuple[list[HistoryLine], datetime], offset: int
) -> None:
    """Only the first band may be cut, and what lies in the range is as long as before."""
    history, now = case
    bands, since = bands_of(history, now=now), START + timedelta(seconds=offset)
    shown = within(bands, since=since)
    assert all(band.start >= since for band in shown)
    assert not any(band.is_cut for band in shown[1:])
    assert _served(shown) == sum((_after(band, since) for band in bands), timedelta())
    assert {band.release for band in bands if band.start >= since} <= {band.release for band in shown}


@examples(150)
@given(histories(), st.integers(1, 3000))
def test_merging_keeps_every_band_in_order(case: tuple[list[HistoryLine], datetime], seconds: int) -> None:
    """Only short neighbours are drawn as one, and no two stretches that could be one stand side by side."""
    history, now = case
    bands, least = bands_of(history, now=now), timedelta(seconds=seconds)
    stretches = merged(bands, least=least)
    assert list(bands) == [band for stretch in stretches for band in stretch.bands]
    for stretch in stretches:
        assert stretch.only or all(band.lasts < least for band in stretch.bands)
        assert (stretch.bands[0].start, stretch.bands[-1].end) == (stretch.start, stretch.end)
    narrow = [stretch.end - stretch.start < least for stretch in stretches]
    assert not any(left and right for left, right in itertools.pairwise(narrow))


def test_rollbacks_undos_and_restores_put_back() -> None:
    """They are the ones that a picture marks."""
    kinds = {kind: Band(START, START, EMPTY, 1, kind, "pm@example.com").puts_back for kind in KINDS}
    assert set(PUTTING_BACK) == {kind for kind, puts_back in kinds.items() if puts_back}


def _after(band: Band, since: datetime) -> timedelta:
    return max(band.end - max(band.start, since), timedelta())


def _served(bands: tuple[Band, ...]) -> timedelta:
    return sum((band.lasts for band in bands), timedelta())
