"""History as a picture: what was live on each stage when, and the way from it to releases and to explain."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from prompts_admin.services.releases.timeline import artifact_timeline, feature_timeline
from prompts_admin.web.artifacts.timeline_drawing import NARROWEST, drawings
from tests.support.cast import AUTHOR, OUTSIDER
from tests.support.desk import OTHER, TRIAGE, Desk
from tests.support.visits import HOSTILE, ON_SQLITE, Page, Visits

LINE = f"/artifacts/{TRIAGE}/timeline"


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """Three weeks: v1 everywhere, v2 for a share of beta and then rolled back."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE)
    desk.clock.forward(days=14)
    desk.save(TRIAGE, "two")
    desk.promote(f"{TRIAGE}@2")
    desk.promote(f"{TRIAGE}@2", to="beta", percent=25)
    desk.clock.forward(days=6)
    desk.rollback(f"{TRIAGE}@2")
    desk.clock.forward(hours=3)
    return desk


def test_the_last_band_of_each_stage_is_what_is_live(lived: Desk) -> None:
    """On both databases, whatever range is asked for; the bands fill it from the first release on."""
    for lasts in (None, timedelta(days=1), timedelta(days=7), timedelta(days=30)):
        found = lived.look(AUTHOR, artifact_timeline, TRIAGE, lasts=lasts)
        assert lived.stages(TRIAGE) == [lane.bands[-1].entry for lane in found.lanes]
        assert all(lane.bands[-1].end == found.end for lane in found.lanes)
    week = lived.look(AUTHOR, artifact_timeline, TRIAGE, lasts=timedelta(days=1)).lanes[0].bands
    assert [True, False] == [band.is_cut for band in week]
    assert [2, 1] == [band.entry.settled for band in week]


def test_a_feature_has_a_lane_for_each_artifact_that_was_released(lived: Desk) -> None:
    """One stage at a time; what never was on it has no lane, another feature's has none either."""
    lived.save("support/never", "x")
    lived.save(OTHER, "x")
    lived.promote(OTHER, to="internal")
    found = lived.look(AUTHOR, feature_timeline, "support", stage="full")
    assert [TRIAGE] == [lane.key for lane in found.lanes]


@ON_SQLITE
def test_the_picture_and_the_table_tell_the_same(lived: Desk, visits: Visits) -> None:
    """Every release of the picture is linked in the table, and the rollback is a word beside the sign."""
    page = visits.read(LINE)
    drawn = {attributes["href"] for attributes in _bars(page)}
    assert drawn <= page.links()
    assert {"/releases/1", "/releases/4", "/releases/5", "/releases/6"} <= drawn
    assert "↩ rolled back" in page.text
    assert "v2 for 25 %, v1 for the rest" in page.text
    assert "Rolled back, 22 Mar 2026, 09:00:00 UTC. Release 6." in page.text


@ON_SQLITE
def test_the_range_is_in_the_address(lived: Desk, visits: Visits) -> None:
    """What ended before it is left out; an unknown one shows everything."""
    assert _rows(visits.read(f"{LINE}?range=day")) < _rows(visits.read(f"{LINE}?range=week"))
    lived.clock.forward(days=25)
    rows = {name: _rows(visits.read(f"{LINE}?range={name}")) for name in ("week", "month", "all", "x")}
    assert rows["week"] < rows["month"] < rows["all"] == rows["x"]
    current = [a for name, a in visits.read(f"{LINE}?range=week").elements if a.get("aria-current") == "true"]
    assert ["?range=week"] == [attributes["href"] for attributes in current]


@ON_SQLITE
def test_a_moment_leads_to_who_was_served_what(lived: Desk, visits: Visits) -> None:
    """Each row asks explain about its own beginning, and the answer is a sentence."""
    links = sorted(link for link in visits.read(LINE).links() if link.startswith("/explain?"))
    assert f"/explain?key={TRIAGE.replace('/', '%2F')}&at=2026-03-16T09%3A00%3A00" in links
    asked = visits.read("/explain", key=TRIAGE, at="2026-03-16T09:00:00", user="u-1", groups="internal")
    assert "u-1 was served v2 of support/triage" in asked.text
    assert "It was settled on internal, the first stage that had something for them." in asked.text
    assert LINE in asked.links()


@ON_SQLITE
def test_many_releases_are_merged_and_said_so(desk: Desk, visits: Visits) -> None:
    """Two hundred rollouts within an hour of a month are one bar, and no bar is too narrow to be seen."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.clock.forward(days=20)
    for number in range(2, 42):
        desk.save(TRIAGE, f"text {number}")
        desk.promote(TRIAGE)
        desk.clock.forward(minutes=1)
    desk.clock.forward(days=10)
    page = visits.read(LINE)
    assert "drawn as one grey bar" in page.text
    lane = drawings(desk.look(AUTHOR, artifact_timeline, TRIAGE))[0]
    assert 3 == len(lane.bars)
    assert all(bar.width >= NARROWEST / 2 for bar in lane.bars)
    assert "40 releases" in lane.bars[1].title or "39 releases" in lane.bars[1].title


@ON_SQLITE
def test_S18_a_time_line_is_for_those_who_may_read_the_feature(lived: Desk, visits: Visits) -> None:
    """To anybody else there is no such artifact and no such feature."""
    for path in (LINE, "/features/support/timeline"):
        assert 404 == visits.get(path, by=OUTSIDER).status_code
        assert 200 == visits.get(path).status_code


@ON_SQLITE
def test_nothing_yet_is_said_plainly(desk: Desk, visits: Visits) -> None:
    """An artifact that no release touched has no picture."""
    desk.save(TRIAGE, "one")
    page = visits.read(LINE)
    assert "Nothing was live in this time." in page.text
    assert [] == _bars(page)


@ON_SQLITE
@pytest.mark.parametrize("text", HOSTILE)
def test_S26_what_stands_in_the_picture_is_text(desk: Desk, visits: Visits, text: str) -> None:
    """Nothing that a person typed becomes part of the drawing; the range and the page's key neither."""
    desk.save(TRIAGE, "one", description=text)
    desk.promote(TRIAGE)
    page = visits.get("/features/support/timeline", stage=text, range=text, after=text)
    assert text not in unescape(page.text) or text not in page.text
    assert [] == visits.read(LINE, range=text).active()


def _bars(page: Page) -> list[dict[str, str]]:
    return [a for name, a in page.elements if name == "a" and a.get("tabindex") == "-1"]


def _rows(page: Page) -> int:
    return sum(a.get("data-label") == "Served" for name, a in page.elements if name == "td")
