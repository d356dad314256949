"""How values read on pages, and how comparisons are folded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prompts_admin.web.artifacts.stage_ladder import places, spans
from prompts_admin.web.ui.diff_view import folded, visible
from prompts_admin.web.ui.formatting import ago, breakable, percent, place, plural, when

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "shown"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=-3), "in a moment"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(minutes=-90), "in 1 h"),
        (timedelta(hours=30), "1 d ago"),
        (timedelta(days=40), "21 Jan 2026"),
    ],
)
def test_moments_read_as_distances_until_they_are_dates(distance: timedelta, shown: str) -> None:
    """Minutes, hours and days; a date beyond two weeks."""
    assert shown == ago(NOW - distance, NOW)


def test_a_moment_carries_its_exact_time() -> None:
    """For hovering and for programs, in UTC; nothing is nothing."""
    shown = when("2026-03-02T11:00:00.000000Z", NOW)
    assert 'datetime="2026-03-02T11:00:00+00:00"' in shown
    assert 'title="2 Mar 2026, 11:00:00 UTC">1 h ago<' in shown
    assert "" == when(None, NOW)


def test_small_words() -> None:
    """Shares, counts and keys."""
    assert ["10 %", "0.001 %", "100 %"] == [percent(value) for value in (10.0, 0.001, 100.0)]
    assert ["1 prompt", "2 prompts", "0 boxes"] == [
        plural(1, "prompt"),
        plural(2, "prompt"),
        plural(0, "box", "boxes"),
    ]
    assert "support/<wbr>&lt;b&gt;" == breakable("support/<b>")


def test_F35_unseen_characters_become_marks_and_the_rest_is_escaped() -> None:
    """A bidirectional override cannot reorder what a reader sees."""
    assert 'a<span class="unseen">⟨U+202E⟩</span>&lt;b&gt;' == visible("a\u202e<b>")
    assert "<script>" not in visible("<script>⟨U+0041⟩")


def test_long_unchanged_parts_are_folded_and_nothing_gets_lost() -> None:
    """Two lines stay in sight on both sides; all pieces together are the text."""
    middle = "".join(f"line {number}\n" for number in range(40))
    words = [
        {"kind": "added", "text": "a"},
        {"kind": "same", "text": middle},
        {"kind": "removed", "text": "b"},
    ]
    shown = folded(words)
    assert ["added", "same", "fold", "same", "removed"] == [piece["kind"] for piece in shown]
    assert 34 == shown[2]["lines"]
    assert middle == "".join(piece["text"] for piece in shown[1:4])


def test_short_unchanged_parts_are_not_folded() -> None:
    """Hiding three lines behind a click helps nobody."""
    assert ["same"] == [piece["kind"] for piece in folded([{"kind": "same", "text": "a\nb\nc\n"}])]


def test_neighbouring_stages_with_one_version_are_one_bar() -> None:
    """A share is a bar of its own; an empty stage says whose version its people get."""
    whole, share = _cell(1, 100.0), _cell(2, 10.0, settled=1)
    assert [["internal", "beta", "full"]] == _stages(whole, whole, whole)
    assert [["internal"], ["beta", "full"]] == _stages(_cell(2, 100.0), whole, whole)
    assert [["internal"], ["beta"], ["full"]] == _stages(share, share, whole)
    assert [["internal", "beta"], ["full"]] == _stages(None, None, whole)
    bars = spans({"stages": {"internal": None, "beta": _cell(2, 100.0), "full": whole}})
    assert [("beta", False), ("full", True), (None, False)] == [(bar["like"], bar["ahead"]) for bar in bars]


def test_where_a_version_runs() -> None:
    """Shares are told with their percentage, the settled version with what is left."""
    stages = {"internal": _cell(2, 100.0), "beta": _cell(2, 10.0, settled=1), "full": _cell(1, 100.0)}
    assert {2: ["internal", "beta 10 %"], 1: ["beta, the rest", "full"]} == places({"stages": stages})


def _cell(version: int, percentage: float, *, settled: int | None = None) -> dict[str, object]:
    return {"version": version, "percentage": percentage, "settled": settled or version}


def _stages(internal: object, beta: object, full: object) -> list[list[str]]:
    return [bar["stages"] for bar in spans({"stages": {"internal": internal, "beta": beta, "full": full}})]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("messages[0].content", "Message 1:"),
        ("messages[11]", "Message 12:"),
        ("variables.region.type", "Variable region:"),
        ("values.region", "Value region:"),
        ("response_format", "<code>response_format</code>"),
        ("messages[<b>]", "<code>messages[&lt;b&gt;]</code>"),
    ],
)
def test_where_a_problem_is_reads_as_people_say_it(path: str, shown: str) -> None:
    """Messages count from one, as on the page; what has no better name is shown as it stands in the file."""
    assert shown == str(place(path))
