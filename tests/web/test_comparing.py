"""Comparing any two versions: words for texts, sentences for everything else."""

from __future__ import annotations

import time

import pytest

from tests.support.cast import LAWYER
from tests.support.desk import FAST, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}/compare"


def test_texts_are_compared_word_by_word_with_the_rest_folded(visits: Visits) -> None:
    """What was removed and what was added stand in the line; long unchanged parts open with a click."""
    lines = "".join(f"Line {number}.\n" for number in range(40))
    visits.desk.save(TRIAGE, f"Be kind.\n{lines}Goodbye.")
    visits.desk.save(TRIAGE, f"Be very kind.\n{lines}Bye.")
    page = visits.read(PAGE, by=LAWYER)
    names = [name for name, _ in page.elements]
    assert 2 == names.count("ins") and 1 == names.count("del")
    assert "35 unchanged lines" in page.text
    assert "Line 20." in page.text


def test_structure_is_compared_in_sentences(visits: Visits) -> None:
    """Parameters, and what a change would break, as people say them."""
    visits.desk.save(FAST, provider="openai", name="small", params={"temperature": 0.2})
    visits.desk.save(FAST, provider="openai", name="small", params={"temperature": 0.7})
    assert "temperature 0.2 -> 0.7" in visits.read(f"/artifacts/{FAST}/compare").text
    visits.desk.save(TRIAGE, "Be kind.")
    variables = {"ticket": {"type": "string", "required": True, "example": "x"}}
    visits.desk.save(TRIAGE, "Be kind. {{ticket}}", variables=variables)
    page = visits.read(PAGE)
    assert "required variable 'ticket' (string) added" in page.text
    assert "This would break callers" in page.text


def test_sides_are_versions_or_what_a_stage_serves(visits: Visits) -> None:
    """The address names both; the form offers them again, and the way round can be changed."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    visits.desk.save(TRIAGE, "Be brief.")
    page = visits.read(f"{PAGE}?from=full&to=2")
    assert "v1 to v2" in page.text
    assert "?from=2&to=1" in page.links()
    options = [attributes for name, attributes in page.elements if name == "option"]
    chosen = [option["value"] for option in options if "selected" in option]
    assert ["full", "2"] == chosen


def test_a_side_that_does_not_exist_is_said_on_the_page(visits: Visits) -> None:
    """404 or 400 with the form as it was asked, to choose again."""
    visits.desk.save(TRIAGE, "Be kind.")
    for asked, status in (("from=9&to=1", 404), ("from=beta&to=1", 404), ("from=x&to=1", 400)):
        answer = visits.get(f"{PAGE}?{asked}")
        assert status == answer.status_code
        assert "refused" in answer.text and "Compare" in read(answer).text


def test_F35_unseen_characters_are_named_in_the_comparison(visits: Visits) -> None:
    """An invisible change is a visible one here."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.save(TRIAGE, "Be\u200b kind.")
    assert "⟨U+200B⟩" in visits.read(PAGE).text


@pytest.mark.parametrize("texts", [("a " * 250_000, "b " * 250_000), ("x" * 500_000, "y" * 500_000)])
def test_S35_large_differences_come_quickly(visits: Visits, texts: tuple[str, str]) -> None:
    """Half a megabyte on each side is shown whole instead of compared for minutes."""
    for text in texts:
        visits.desk.save(TRIAGE, text)
    began = time.monotonic()
    assert "too large to compare" in visits.read(PAGE).text
    assert time.monotonic() - began < 5
