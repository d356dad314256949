"""The overview: what is live where, what is ahead, what waits for whom."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, OUTSIDER, SECOND
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


def test_archived_artifacts_are_taken_into_use_again(visits: Visits) -> None:
    """From their page, by those who may archive; twice changes nothing."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.post(f"/artifacts/{TRIAGE}/archive")
    assert f"/artifacts/{TRIAGE}/unarchive" in visits.read(f"/artifacts/{TRIAGE}").forms
    assert f"/artifacts/{TRIAGE}/unarchive" not in visits.read(f"/artifacts/{TRIAGE}", by=LAWYER).forms
    assert 403 == visits.post(f"/artifacts/{TRIAGE}/unarchive", by=LAWYER).status_code
    assert 303 == visits.post(f"/artifacts/{TRIAGE}/unarchive").status_code
    assert TRIAGE in visits.read("/").text
    assert 409 == visits.post(f"/artifacts/{TRIAGE}/unarchive").status_code
    assert ["archive", "unarchive"] == [action for action in visits.desk.audited() if "archive" in action]


def test_filters_by_stage_state_and_owner_live_in_the_address(visits: Visits) -> None:
    """Each alone and together; what does not exist is left out."""
    desk = visits.desk
    for key in (TRIAGE, TONE, FAST, OTHER):
        desk.save(key, **({"text": "x"} if key != FAST else {"provider": "openai", "name": "small"}))
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "y")
    desk.promote(f"{TRIAGE}@2", percent=10)
    desk.promote(FAST)
    desk.propose(FAST, to="beta")
    desk.save(FAST, provider="openai", name="larger")
    assert (True, False, False) == _shows(visits, TRIAGE, FAST, TONE, stage="full")
    assert (True, True, False) == _shows(visits, TRIAGE, FAST, TONE, stage="internal")
    assert (True, False, False) == _shows(visits, TRIAGE, FAST, TONE, state="partly")
    assert (False, False, True) == _shows(visits, TRIAGE, FAST, TONE, state="nothing")
    assert (False, True, True) == _shows(visits, TRIAGE, FAST, TONE, state="unreleased")
    assert (False, True, False) == _shows(visits, TRIAGE, FAST, TONE, state="waiting")
    assert (True, True) == _shows(visits, TRIAGE, OTHER, state="' OR 1=1", stage="moon", kind="x")
    visits.post("/features/support/edit", by=ADMIN, title="Support", dri=SECOND, description="")
    assert (True, False) == _shows(visits, TRIAGE, OTHER, dri=SECOND)
    assert (False, False) == _shows(visits, TRIAGE, OTHER, dri="nobody@example.com")


def test_each_filter_in_force_can_be_taken_away(visits: Visits) -> None:
    """A chip says it in words and leads to the list without it; a question leads to the search of texts too."""
    visits.desk.save(TRIAGE, "x")
    page = visits.read("/", feature="support", state="nothing", q="tri")
    assert "in Support" in page.text and "nothing live" in page.text
    assert {"/?feature=support&q=tri", "/?q=tri&state=nothing", "/?feature=support&state=nothing"} <= {
        "/?" + "&".join(sorted(link[2:].split("&"))) for link in page.links() if link.startswith("/?")
    }
    assert "/search?q=tri" in page.links()


def test_each_feature_is_a_folder_with_its_count(visits: Visits) -> None:
    """Also where the page shows only some of them."""
    for number in range(3):
        visits.desk.save(f"support/p{number}", "x")
    page = visits.read("/", q="p1")
    assert "Support 3 artifacts" in page.text
    assert [{"data-folder": "support"}] == [a for name, a in page.elements if name == "tbody"]


def _shows(visits: Visits, *keys: str, **query: str) -> tuple[bool, ...]:
    links = visits.read(f"/?{urlencode(query, quote_via=quote)}").links()
    return tuple(f"/artifacts/{key}" in links for key in keys)
