"""The overview: what is live where, what is ahead, what waits for whom."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tests.support.cast import APPROVER, AUTHOR, OUTSIDER
from tests.support.desk import FAST, OTHER, TONE, TRIAGE
from tests.support.visits import ON_SQLITE, Visits

pytestmark = ON_SQLITE


def test_every_artifact_stands_with_what_is_live(visits: Visits) -> None:
    """A version that serves several stages is told once; one that is ahead says so."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    visits.desk.save(TRIAGE, "Be kinder.")
    visits.desk.promote(f"{TRIAGE}@2")
    page = visits.read("/")
    stages = [attributes["data-stages"] for name, attributes in page.elements if "data-stages" in attributes]
    assert ["internal", "beta and full"] == stages
    assert "v2 ahead v1" in page.text


def test_a_share_is_told_with_what_the_rest_gets(visits: Visits) -> None:
    """A candidate stands with its percentage beside the settled version."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    visits.desk.save(TRIAGE, "Be kinder.")
    visits.desk.promote(f"{TRIAGE}@2", percent=12.5)
    assert "v2 12.5 % v1 for the rest" in visits.read("/").text


def test_what_is_saved_and_not_released_is_told(visits: Visits) -> None:
    """Nobody has to guess whether their text is anywhere."""
    visits.desk.save(TRIAGE, "Be kind.")
    page = visits.read("/")
    assert "saved, not released" in page.text
    assert "off" in page.text


def test_open_releases_say_whom_they_wait_for(visits: Visits) -> None:
    """The row names the roles; whoever holds one finds the release at the top."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    number = visits.desk.propose(TRIAGE, to="beta")["number"]
    assert "v1 to beta needs ml" in visits.read("/").text
    assert "waits for you" not in visits.read("/", by=AUTHOR).text
    mine = visits.read("/", by=APPROVER)
    assert "1 decision waits for you" in mine.text
    assert f"/releases/{number}" in mine.links()


def test_search_and_filters_narrow_the_list(visits: Visits) -> None:
    """Words, feature and kind; what was asked stays in the form."""
    visits.desk.save(TRIAGE, "Be kind.", description="Route a ticket")
    visits.desk.save(FAST, provider="openai", name="small")
    visits.desk.save(TONE, "Warm.", kind="snippet")
    visits.desk.save(OTHER, "Dear all,")
    assert (True, False) == _shows(visits, TRIAGE, FAST, q="route ticket")
    assert (False, True) == _shows(visits, TRIAGE, OTHER, feature="elsewhere")
    assert (False, True) == _shows(visits, TRIAGE, FAST, kind="model")
    assert (False, False) == _shows(visits, TRIAGE, FAST, q="100%_")
    page = visits.read("/", q="route")
    assert ("input", "route") in [(name, attributes.get("value")) for name, attributes in page.elements]


def test_long_lists_go_on_by_key(visits: Visits) -> None:
    """The next page begins after the last key of this one and keeps the filter."""
    for number in range(51):
        visits.desk.save(f"support/p{number:02}", "x")
    page = visits.read("/", feature="support")
    following = next(link for link in page.links() if "after=" in link)
    assert "/?feature=support&after=support%2Fp49" == following
    after = visits.read(following)
    assert "/artifacts/support/p50" in after.links()
    assert "/artifacts/support/p49" not in after.links()


def test_people_see_their_features_alone(visits: Visits) -> None:
    """S18: what somebody may not read is neither listed nor offered as a filter."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.save(OTHER, "Dear all,")
    page = visits.read("/", by=OUTSIDER)
    assert OTHER in page.text
    assert "support" not in page.text.lower()


def test_archived_artifacts_are_a_click_away(visits: Visits) -> None:
    """They leave the list of what is in use."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.post(f"/artifacts/{TRIAGE}/archive")
    assert TRIAGE not in visits.read("/").text
    assert TRIAGE in visits.read("/", archived="yes").text


def _shows(visits: Visits, *keys: str, **query: str) -> tuple[bool, ...]:
    links = visits.read(f"/?{urlencode(query, quote_via=quote)}").links()
    return tuple(f"/artifacts/{key}" in links for key in keys)
