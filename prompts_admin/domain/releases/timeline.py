"""What was live at a place when: the bands of a time line, cut to a range and merged where they are too narrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prompts_admin.domain.releases.records import HistoryLine
from prompts_admin.domain.releases.states import PUTTING_BACK
from prompts_admin.domain.stages import Entry


@dataclass(frozen=True)
class Band:
    """What a place served from `start` until `end`, by the release that began it; both in UTC.

    An empty entry is a band too: nothing was served.
    """

    start: datetime
    end: datetime
    entry: Entry
    release: int
    kind: str
    by: str
    is_cut: bool = False
    """It began before the range that is shown."""

    @property
    def lasts(self) -> timedelta:
        """How long it served."""
        return self.end - self.start

    @property
    def puts_back(self) -> bool:
        """True when a rollback, undo or restore began it."""
        return self.kind in PUTTING_BACK


@dataclass(frozen=True)
class Stretch:
    """Neighbouring bands that are drawn as one: several where each is too narrow to be seen alone."""

    bands: tuple[Band, ...]

    @property
    def start(self) -> datetime:
        """When its first band began."""
        return self.bands[0].start

    @property
    def end(self) -> datetime:
        """When its last band ended."""
        return self.bands[-1].end

    @property
    def only(self) -> Band | None:
        """The band, where it is one."""
        return self.bands[0] if len(self.bands) == 1 else None


def bands_of(history: Sequence[HistoryLine], *, now: datetime) -> tuple[Band, ...]:
    """Return the bands of one place, oldest first: one follows the other, the last ends now.

    `history` is the place's, oldest first by revision. A clock that went backwards shortens a band, to nothing
    at the least; the order of the releases stands.
    """
    starts: list[datetime] = []
    for line in history:
        starts.append(min(max([line.at, *starts[-1:]]), now))
    ends = [*starts[1:], now][: len(starts)]
    return tuple(
        Band(start, end, line.after, line.release, line.kind, line.by)
        for line, start, end in zip(history, starts, ends, strict=True)
    )


def within(bands: Iterable[Band], *, since: datetime) -> tuple[Band, ...]:
    """Return what of the bands lies after a moment; the one that ran then begins there and says so."""
    return tuple(_cut(band, since) for band in bands if band.end > since or band.start >= since)


def merged(bands: Sequence[Band], *, least: timedelta) -> tuple[Stretch, ...]:
    """Return the bands as they can be drawn: neighbours shorter than `least` become one stretch.

    No band is left out, and the order stands. A lone short band between long ones stays alone.
    """
    return tuple(Stretch(tuple(group)) for group in _groups(bands, least))


def _cut(band: Band, since: datetime) -> Band:
    return band if band.start >= since else replace(band, start=since, is_cut=True)


def _groups(bands: Sequence[Band], least: timedelta) -> Iterator[list[Band]]:
    short: list[Band] = []
    for band in bands:
        if short and (band.lasts >= least or short[-1].end - short[0].start >= least):
            yield short
            short = []
        if band.lasts >= least:
            yield [band]
        else:
            short.append(band)
    if short:
        yield short
