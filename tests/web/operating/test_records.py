"""Restoring, explaining and the audit on pages."""

from __future__ import annotations

from datetime import timedelta

from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER
from tests.support.desk import REPLY, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE


def _two_versions(visits: Visits) -> str:
    """Settle one version, then a second an hour later; return a moment between as the field writes it."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.promote(TRIAGE)
    between = (desk.clock.forward(minutes=30)).strftime("%Y-%m-%dT%H:%M")
    desk.clock.forward(minutes=30)
    desk.save(TRIAGE, "Be kinder.")
    desk.promote(TRIAGE)
    desk.save(REPLY, "Hello.")
    desk.promote(REPLY)
    return between


def test_restoring_shows_its_plan_first(visits: Visits) -> None:
    """The plan tells what changes and what is left; it changes nothing, the button does."""
    at = _two_versions(visits)
    page = visits.read("/restore", by=ON_CALL, feature="support", at=at)
    assert "The plan for" in page.text and "v2" in page.text
    assert "Left as they are" in page.text and REPLY in page.text
    assert 2 == visits.desk.entry("internal", TRIAGE).settled
    done = visits.post("/restore", by=ON_CALL, **page.forms["/restore"])
    assert "restored" in done.location
    assert 1 == visits.desk.entry("internal", TRIAGE).settled


def test_restoring_exactly_switches_off_what_was_not_live(visits: Visits) -> None:
    """The box is carried from the plan to the button."""
    at = _two_versions(visits)
    form = visits.read("/restore", by=ON_CALL, feature="support", at=at, exact="yes").forms["/restore"]
    assert "yes" == form["exact"]
    visits.post("/restore", by=ON_CALL, **form)
    assert visits.desk.entry("internal", REPLY).is_empty


def test_restoring_asks_what_and_when(visits: Visits) -> None:
    """Nothing chosen is not everything; a time that is none is told at its field."""
    assert "#feature" in read(visits.get("/restore", by=ON_CALL, feature="", at="2026-03-02T09:00")).links()
    assert "#at" in read(visits.get("/restore", by=ON_CALL, feature="support", at="yesterday")).links()
    assert 422 == visits.post("/restore", by=ON_CALL, at="2026-03-02T09:00").status_code


def test_S21_only_releasers_restore(visits: Visits) -> None:
    """Editors and viewers are refused, also when they send the button's request."""
    at = _two_versions(visits)
    for somebody in (AUTHOR, LAWYER):
        assert 403 == visits.get("/restore", by=somebody).status_code
        assert 403 == visits.post("/restore", by=somebody, feature="support", at=at).status_code
    assert "/restore?feature=support" in visits.read("/features/support", by=APPROVER).links()
    assert "/restore?feature=support" not in visits.read("/features/support").links()


def test_explaining_walks_the_stages_and_names_who_decided(visits: Visits) -> None:
    """Each stage with its reason, the version, and the release behind it; at a time, what held then."""
    at = _two_versions(visits)
    page = visits.read("/explain", by=LAWYER, key=TRIAGE, user="u-17", groups="internal, staff")
    assert "On internal, where v2 is settled" in page.text
    assert "/releases/2" in page.links()
    then = visits.read("/explain", key=TRIAGE, user="u-17", groups="internal", at=at)
    assert "On internal, where v1 is settled" in then.text
    outside = visits.read("/explain", key=TRIAGE, user="u-17", attributes="plan = pro")
    assert "Not in the audience of internal." in outside.text


def test_explaining_tells_what_it_cannot_read(visits: Visits) -> None:
    """Keys, times and attributes that make no sense keep what was typed; other features are not there."""
    _two_versions(visits)
    answer = visits.get("/explain", key=TRIAGE, attributes="plan", user="u-17")
    assert 422 == answer.status_code
    assert "#attributes" in read(answer).links()
    assert 'value="u-17"' in answer.text
    assert "#at" in read(visits.get("/explain", key=TRIAGE, at="long ago")).links()
    assert 422 == visits.get("/explain", key="..").status_code
    assert 404 == visits.get("/explain", by=OUTSIDER, key=TRIAGE).status_code


def test_the_audit_is_filtered_and_links_to_what_it_is_about(visits: Visits) -> None:
    """Who, what, on what and the feature narrow it; releases and versions are one click away."""
    _two_versions(visits)
    page = visits.read("/audit", by=ADMIN)
    assert {"/releases/1", f"/artifacts/{TRIAGE}/versions/1"} <= page.links()
    assert "No entry fits." in visits.read("/audit", by=ADMIN, actor="nobody@example.com").text
    assert "propose" in visits.read("/audit", by=ADMIN, action="propose", feature="support").text
    assert (
        "save"
        not in visits.read("/audit", by=ADMIN, action="propose")
        .text.partition("Details")[0]
        .partition("What")[2]
    )


def test_the_audit_is_paged_by_key(visits: Visits) -> None:
    """The next page begins below the last entry of this one and keeps the filter."""
    for number in range(55):
        visits.desk.save(TRIAGE, f"Be kind {number}.")
    page = visits.read("/audit", by=ADMIN, feature="support")
    later = next(link for link in page.links() if "after=" in link)
    assert "feature=support" in later
    assert 200 == visits.get(later, by=ADMIN).status_code


def test_the_chain_is_verified_on_a_page(visits: Visits) -> None:
    """Whoever may read all of the audit may walk it; others get their own feature's entries alone."""
    _two_versions(visits)
    assert "The chain holds" in visits.read("/audit/verify", by=ADMIN).text
    assert 403 == visits.get("/audit/verify", by=OUTSIDER).status_code
    assert TRIAGE not in visits.read("/audit", by=OUTSIDER).text
    assert 404 == visits.get("/audit", by=OUTSIDER, feature="support").status_code


def test_a_clock_far_away_is_a_time_too(visits: Visits) -> None:
    """Restoring as of long ago finds nothing to change; as of tomorrow, what is live now."""
    _two_versions(visits)
    tomorrow = (visits.desk.clock.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert (
        "Everything is as it was then."
        in visits.read("/restore", by=ON_CALL, feature="support", at=tomorrow).text
    )
    assert 200 == visits.get("/restore", by=ON_CALL, feature="support", at="0001-01-01T00:00").status_code


def test_a_cursor_that_no_list_has_is_refused_in_words(visits: Visits) -> None:
    """Also a number that no column holds: 400, never 500."""
    visits.desk.save(TRIAGE, "Be kind.")
    for path in ("/releases", "/audit", f"/artifacts/{TRIAGE}/versions"):
        for after in ("9" * 20, "9" * 5_000, "-1", "x"):
            assert "is no cursor of this list" in visits.read(path, by=ADMIN, after=after, status=400).text
        assert 200 == visits.get(path, by=ADMIN, after="9" * 18).status_code
