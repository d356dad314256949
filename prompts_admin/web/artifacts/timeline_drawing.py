"""Time lines as numbers to draw: where a band stands in percent of the width, what is written in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prompts_admin.domain.releases.timeline import Band, Stretch, merged
from prompts_admin.domain.stages import Entry, in_percent, percent_of
from prompts_admin.services.releases.timeline import Lane, Timeline
from prompts_admin.web.ui.formatting import full_time

NARROWEST = 1.2
"""Percent of the width (4 of 360 pixels) below which bands are merged."""
LETTER = 2.3
"""Percent that a letter takes on the narrowest screen."""
MARKS_APART = 5.0
TONES = 6
LEAST_SHARE = 14.0
"""Percent of the height: a share of 1 % is still to be seen."""
KINDS = {"rollback": "rolled back", "undo": "undone", "restore": "restored", "initial": "first release"}

Tones = Mapping[int | None, str]
"""The tone of each version; None is nothing."""


@dataclass(frozen=True)
class Bar:
    """One bar of a lane: `x` and `width` in percent; `share` is the candidate's height in percent, 0 without."""

    x: float
    width: float
    label: str
    title: str
    link: str
    tone: str
    share: float = 0.0
    share_tone: str = ""


@dataclass(frozen=True)
class Mark:
    """A place where something was put back; `count` of them where they would cover each other."""

    x: float
    title: str
    link: str
    count: int = 1


@dataclass(frozen=True)
class Drawing:
    """A lane as it is drawn."""

    lane: Lane
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]

    @property
    def is_merged(self) -> bool:
        """True when a bar stands for several releases."""
        return any(bar.tone == "many" for bar in self.bars)


@dataclass(frozen=True)
class _Scale:
    start: datetime
    lasts: timedelta

    def at(self, moment: datetime) -> float:
        return round(min(max((moment - self.start) / self.lasts * 100, 0), 100), 3)


def drawings(timeline: Timeline) -> list[Drawing]:
    """Return each lane with bars and marks."""
    scale = _Scale(timeline.start, timeline.end - timeline.start)
    least = scale.lasts * (NARROWEST / 100)
    tones = {key: _tones(timeline, key) for key in {lane.key for lane in timeline.lanes}}
    found = []
    for lane in timeline.lanes:
        stretches = merged(lane.bands, least=least)
        bars = (_bar(stretch, lane.key, scale, tones[lane.key]) for stretch in stretches)
        found.append(Drawing(lane, tuple(bars), tuple(_marks(lane.bands, lane.key, scale))))
    return found


def ticks(timeline: Timeline) -> list[tuple[float, str, str]]:
    """Return (percent, what is written, how it is anchored) for the line of times below."""
    middle = timeline.start + (timeline.end - timeline.start) / 2
    shown = _tick_format(timeline.end - timeline.start)
    return [
        (0, f"{timeline.start.astimezone(UTC):{shown}}", "start"),
        (50, f"{middle.astimezone(UTC):{shown}}", "middle"),
        (100, "now", "end"),
    ]


def served(entry: Entry) -> str:
    """Return what an entry serves, in words: v7 for 10 %, v6 for the rest."""
    rest = f"v{entry.settled}" if entry.settled is not None else "nothing"
    if entry.candidate is None:
        return rest
    return f"v{entry.candidate} for {in_percent(entry.percentage)}, {rest} for the rest"


def how(kind: str) -> str:
    """Return what a kind of release did, in words; nothing for a promotion."""
    return KINDS.get(kind, "")


def moment_field(moment: datetime) -> str:
    """Return a moment as the field for date and time writes it, never before the moment itself."""
    up = moment.astimezone(UTC) + timedelta(microseconds=-moment.microsecond % 1000)
    return up.replace(tzinfo=None).isoformat(timespec="milliseconds" if up.microsecond else "seconds")


def _bar(stretch: Stretch, key: str, scale: _Scale, tones: Tones) -> Bar:
    x = scale.at(stretch.start)
    width = round(max(scale.at(stretch.end) - x, NARROWEST / 2), 3)
    band = stretch.only
    if band is None:
        count = len(stretch.bands)
        title = f"{count} releases, {_range(stretch.start, stretch.end)}"
        label = _fitting(width, (f"{count} releases", f"{count}×"))
        return Bar(x, width, label, title, f"/artifacts/{key}/history", "many")
    entry, word = band.entry, how(band.kind)
    title = f"{served(entry)}, {_range(band.start, band.end)}. Release {band.release}"
    share = max(percent_of(entry.percentage), LEAST_SHARE) if entry.candidate is not None else 0.0
    return Bar(
        x,
        width,
        _fitting(width, _labels(band)),
        f"{title}, {word}." if word else f"{title}.",
        f"/releases/{band.release}",
        tones[entry.settled],
        round(share, 1),
        tones[entry.candidate],
    )


def _labels(band: Band) -> tuple[str, ...]:
    """Return what can stand in a bar, the longest first."""
    entry = band.entry
    if entry.candidate is not None:
        return (f"v{entry.candidate} {in_percent(entry.percentage)}", f"v{entry.candidate}")
    short = "off" if entry.settled is None else f"v{entry.settled}"
    return (f"{short} {how(band.kind)}", short) if band.puts_back else (short,)


def _tones(timeline: Timeline, key: str) -> Tones:
    """Give versions that follow each other different tones, the same ones on every stage."""
    entries = [band.entry for lane in timeline.lanes if lane.key == key for band in lane.bands]
    versions = {number for e in entries for number in (e.settled, e.candidate) if number is not None}
    tones: dict[int | None, str] = {None: "nothing"}
    tones.update({number: f"tone-{index % TONES}" for index, number in enumerate(sorted(versions))})
    return tones


def _marks(bands: Sequence[Band], key: str, scale: _Scale) -> Iterator[Mark]:
    near: list[Band] = []
    for band in (band for band in bands if band.puts_back and not band.is_cut):
        if near and scale.at(band.start) - scale.at(near[0].start) >= MARKS_APART:
            yield _mark(near, key, scale)
            near = []
        near.append(band)
    if near:
        yield _mark(near, key, scale)


def _mark(bands: Sequence[Band], key: str, scale: _Scale) -> Mark:
    first = bands[0]
    if len(bands) == 1:
        title = f"{how(first.kind).capitalize()}, {full_time(first.start)}. Release {first.release}."
        return Mark(scale.at(first.start), title, f"/releases/{first.release}")
    title = f"Put back {len(bands)} times, {_range(first.start, bands[-1].start)}."
    return Mark(scale.at(first.start), title, f"/artifacts/{key}/history", len(bands))


def _fitting(width: float, labels: Sequence[str]) -> str:
    return next((label for label in labels if label and (len(label) + 1.5) * LETTER <= width), "")


def _range(start: datetime, end: datetime) -> str:
    return f"{full_time(start)} to {full_time(end)}"


def _tick_format(lasts: timedelta) -> str:
    if lasts <= timedelta(days=1):
        return "%H:%M"
    return "%-d %b" if lasts <= timedelta(days=300) else "%b %Y"
