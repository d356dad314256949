"""Comparing any two versions: words for texts, sentences for everything else."""

from __future__ import annotations

import time

import pytest

from prompts_admin.domain.content.drafts import Typed
from prompts_admin.services.artifacts.drafts import keep_draft
from prompts_admin.services.artifacts.history import show_version
from tests.support.cast import AUTHOR, LAWYER
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


def test_two_columns_show_the_same_words(visits: Visits) -> None:
    """Side by side each text keeps its line numbers; the choice stands in the address and in the form."""
    visits.desk.save(TRIAGE, "Be kind.\nAsk once.\nGoodbye.")
    visits.desk.save(TRIAGE, "Be very kind.\nAsk once.\nGoodbye.")
    page = visits.read(f"{PAGE}?from=1&to=2&view=sides")
    assert 1 == [attributes.get("class") for _, attributes in page.elements].count("two-sides")
    assert "2Ask once.2Ask once." in page.text
    assert "?from=1&to=2" in page.links()
    assert {"type": "hidden", "name": "view", "value": "sides"} in [a for _, a in page.elements]


def test_stages_of_a_feature_are_compared_as_people_would_feel_it(visits: Visits) -> None:
    """What is ahead on beta against what most people on full get; what is the same is only counted."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    visits.desk.save(FAST, provider="openai", name="small")
    visits.desk.climb(FAST)
    visits.desk.save(TRIAGE, "Be brief.")
    visits.desk.climb(TRIAGE, up_to="beta")
    page = visits.read("/features/support/compare")
    assert "1 artifact would change" in page.text and "1 artifact would stay as it is" in page.text
    assert "brief" in page.text
    back = visits.read("/features/support/compare?from=beta&to=full")
    assert "1 artifact would change" in back.text
    assert "Nobody would notice" in visits.read("/features/support/compare?from=full&to=full").text
    assert 400 == visits.get("/features/support/compare?from=nowhere").status_code
    assert 404 == visits.get("/features/nothing/compare").status_code


def test_what_breaks_callers_stands_before_the_words_on_a_release(visits: Visits) -> None:
    """A required variable without default is said on top of the comparison of its artifact."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    variables = {"ticket": {"type": "string", "required": True, "example": "x"}}
    visits.desk.save(TRIAGE, "Be kind. {{ticket}}", variables=variables)
    text = visits.read("/features/support/compare?from=full&to=internal").text
    assert "Nobody would notice" in text
    visits.desk.propose(TRIAGE, to="internal", acknowledge=("breaking",))
    text = visits.read("/features/support/compare?from=full&to=internal").text
    assert text.index("This would break callers") < text.index("required variable 'ticket'")


def test_a_draft_is_compared_like_a_version(visits: Visits) -> None:
    """What its writer has typed against what people get, words and what would break; nobody else sees it."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    assert 404 == visits.get(f"{PAGE}?to=draft").status_code
    text = visits.desk.look(AUTHOR, show_version, TRIAGE, 1)["text"].replace("Be kind.", "Be brief.")
    visits.desk.do(AUTHOR, keep_draft, Typed(TRIAGE, text, base=1))
    page = visits.read(f"{PAGE}?to=draft")
    assert "v1 to your draft" in page.text and "brief" in page.text
    assert f"{PAGE}?to=draft" in visits.read(f"/artifacts/{TRIAGE}").links()
    assert 404 == visits.get(f"{PAGE}?to=draft", by=LAWYER).status_code


def test_a_draft_that_cannot_be_read_is_told_on_the_page(visits: Visits) -> None:
    """What is wrong with it, instead of a comparison."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.do(AUTHOR, keep_draft, Typed(TRIAGE, "kind: nothing", base=1))
    answer = visits.get(f"{PAGE}?to=draft")
    assert 422 == answer.status_code
    assert "thing" in read(answer).text and "refused" in answer.text
