"""The search page: hits with the words marked and where they stand, and nothing that was typed ever runs."""

from __future__ import annotations

import pytest

from tests.support.cast import OUTSIDER
from tests.support.desk import OTHER, TONE, TRIAGE
from tests.support.visits import HOSTILE, ON_SQLITE, Page, Visits

pytestmark = ON_SQLITE


def test_hits_say_which_version_and_message(visits: Visits) -> None:
    """With the words marked, and what is live told from what is only saved."""
    visits.desk.save(TRIAGE, "Be kind to everybody.", description="Route a ticket")
    visits.desk.climb(TRIAGE, up_to="beta")
    visits.desk.save(TRIAGE, "Be quick.", description="Route a ticket")
    page = visits.read("/search", q="KIND every")
    assert "v1 live on internal, beta · message 1 (system) Be kind to everybody." in page.text
    assert 2 == _marks(page)
    assert f"/artifacts/{TRIAGE}/versions/1" in page.links()
    assert "v2 newest, not live · message 1 (system)" in visits.read("/search", q="quick").text


def test_features_and_releases_are_found_too(visits: Visits) -> None:
    """By title or key, and by number."""
    visits.desk.save(TRIAGE, "x")
    visits.desk.promote(TRIAGE)
    assert "/features/support" in visits.read("/search", q="supp").links()
    for question in ("1", "#1", "Release 1"):
        assert "/releases/1" in visits.read("/search", q=question).links()
    assert "/releases/77" not in visits.read("/search", q="77").links()


def test_nothing_found_says_what_to_do(visits: Visits) -> None:
    """And an empty question is only the form."""
    assert "try fewer of them" in visits.read("/search", q="nothing like it").text
    assert "try fewer of them" not in visits.read("/search").text


def test_S18_others_find_nothing_of_it(visits: Visits) -> None:
    """Neither artifact nor feature nor release."""
    visits.desk.save(TRIAGE, "shared words")
    visits.desk.promote(TRIAGE)
    visits.desk.save(OTHER, "shared words")
    page = visits.read("/search", by=OUTSIDER, q="shared")
    assert {f"/artifacts/{OTHER}"} == {
        link for link in page.links() if link.count("/") == 3 and "artifacts" in link
    }
    for question in ("support", "1"):
        assert (
            not {"/features/support", "/releases/1"} & visits.read("/search", by=OUTSIDER, q=question).links()
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_S26_S30_what_is_asked_and_what_is_found_are_text(visits: Visits, text: str) -> None:
    """In the field, in the marked pieces and in the hits."""
    visits.desk.save(TONE, f"needle {text}", kind="snippet", description=text)
    for question in (text, "needle", f"{text} needle"):
        page = visits.read("/search", q=question)
        assert [] == page.active()
        assert not {"img", "iframe"} & {name for name, _ in page.elements}


def test_S58_a_question_twice_is_refused(visits: Visits) -> None:
    """Two readers could believe different ones."""
    assert 400 == visits.get("/search?q=a&q=b").status_code


def test_archived_ones_are_a_tick_away(visits: Visits) -> None:
    """And stay out of the rest."""
    visits.desk.save(TRIAGE, "needle")
    visits.post(f"/artifacts/{TRIAGE}/archive")
    assert f"/artifacts/{TRIAGE}" not in visits.read("/search", q="needle").links()
    assert f"/artifacts/{TRIAGE}" in visits.read("/search", q="needle", archived="yes").links()


def _marks(page: Page) -> int:
    return sum(name == "mark" for name, _ in page.elements)
