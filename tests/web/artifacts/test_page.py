"""The page of an artifact: what is live, one click back, versions, and who uses it."""

from __future__ import annotations

import pytest

from prompts_admin.services.artifacts.history import list_history
from prompts_admin.web.artifacts.stage_ladder import whole_releases
from tests.support.cast import ADMIN, AUTHOR, LAWYER, ON_CALL, OUTSIDER
from tests.support.desk import FAST, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"


@pytest.fixture
def live(visits: Visits) -> Visits:
    """v1 everywhere, v2 on internal and on a tenth of beta."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    visits.desk.save(TRIAGE, "Be kinder.")
    visits.desk.promote(f"{TRIAGE}@2")
    visits.desk.promote(f"{TRIAGE}@2", to="beta", percent=10)
    return visits


def test_the_ladder_tells_what_is_live_where_since_when_and_by_whom(live: Visits) -> None:
    """Each rung names its version, its release and the person."""
    page = live.read(PAGE)
    assert "Internal v2" in page.text
    assert "Beta v2 10 % v1 for the rest" in page.text
    assert "Full v1" in page.text
    assert f"by {AUTHOR} Release 4" in page.text
    times = [attributes for name, attributes in page.elements if name == "time"]
    assert times and all(
        attributes["datetime"] and attributes["title"].endswith("UTC") for attributes in times
    )


def test_the_way_back_is_told_before_it_is_gone(live: Visits) -> None:
    """The button names the version, and beside it stands what it would do, stage by stage."""
    page = live.read(PAGE)
    assert "internal v2 → v1 beta v2 for 10 %, v1 for the rest → v1" in page.text
    assert "Roll back internal and beta to v1, live less than a minute, signed by ml" in page.text
    assert "2" == page.forms[f"{PAGE}/roll-back"]["version"]


def test_one_click_rolls_back_and_another_one_undoes_it(live: Visits) -> None:
    """The page after the click tells what happened, with Undo; undoing puts shares back too."""
    before = live.desk.stages(TRIAGE)
    answer = live.post(f"{PAGE}/roll-back", by=ON_CALL, version="2")
    assert (303, f"{PAGE}?did=release.6") == (answer.status_code, answer.location)
    assert [None] * 3 == [entry.candidate for entry in live.desk.stages(TRIAGE)]
    page = live.read(answer.location, by=ON_CALL)
    assert "Rolled back" in page.text
    undo = page.forms["/releases/6/undo"]
    assert PAGE == undo["next"]
    undone = live.post("/releases/6/undo", by=ON_CALL, **undo)
    assert f"{PAGE}?did=release.7" == undone.location
    assert "Undone" in live.read(undone.location).text
    assert before == live.desk.stages(TRIAGE)


def test_F08_a_double_click_rolls_back_once(live: Visits) -> None:
    """The form sent twice is one release, and both answers lead to it."""
    form = live.read(PAGE).forms[f"{PAGE}/roll-back"]
    answers = [live.post(f"{PAGE}/roll-back", **form).location for _ in range(2)]
    assert [f"{PAGE}?did=release.6"] * 2 == answers
    assert 404 == live.get("/releases/7").status_code


def test_a_rollback_that_came_too_late_says_so_on_the_page(live: Visits) -> None:
    """Somebody was faster: 409 with the reason, the page as it is now, and nothing moved."""
    live.desk.rollback(f"{TRIAGE}@2")
    before = live.desk.stages(TRIAGE)
    answer = live.post(f"{PAGE}/roll-back", version="2")
    assert 409 == answer.status_code
    assert "Full v1" in read(answer).text and "refused" in answer.text
    assert before == live.desk.stages(TRIAGE)


def test_a_rollback_of_one_stage_leaves_the_others(live: Visits) -> None:
    """The longer form chooses stages, a target and a reason."""
    live.post(f"{PAGE}/roll-back", version="2", stage="beta", reason="Numbers fell")
    assert 2 == live.desk.entry("internal", TRIAGE).settled
    assert None is live.desk.entry("beta", TRIAGE).candidate
    assert "Numbers fell" in live.read(PAGE).text


def test_nothing_to_go_back_to_is_said_plainly(live: Visits) -> None:
    """Where a click would switch it off, the button says so and is not the big one."""
    page = live.read(PAGE)
    assert "Switch off v1 for beta and full" in page.text
    assert "There is nothing to go back to" in page.text


def test_S21_whoever_may_not_roll_back_has_no_button_and_no_way(live: Visits) -> None:
    """A viewer sees no button; the request sent by hand is refused, and nothing moves."""
    before = live.desk.stages(TRIAGE)
    assert f"{PAGE}/roll-back" not in live.read(PAGE, by=LAWYER).forms
    assert 403 == live.post(f"{PAGE}/roll-back", by=LAWYER, version="2").status_code
    assert 404 == live.post(f"{PAGE}/roll-back", by=OUTSIDER, version="2").status_code
    assert before == live.desk.stages(TRIAGE)


@pytest.mark.parametrize("path", ["", "/versions", "/history", "/versions/1", "/versions/1/file", "/compare"])
def test_S18_an_outsider_finds_nothing_there(live: Visits, path: str) -> None:
    """The same answer as for a key that does not exist."""
    assert 200 == live.get(PAGE + path, by=LAWYER).status_code
    there = live.get(PAGE + path, by=OUTSIDER)
    nowhere = live.get(f"/artifacts/support/nothing{path}", by=OUTSIDER)
    assert (404, 404) == (there.status_code, nowhere.status_code)
    assert read(there).text.replace(TRIAGE, "") == read(nowhere).text.replace("support/nothing", "")


def test_versions_and_history_are_told_with_their_marks(live: Visits) -> None:
    """Where each version runs, what was rolled back, and what each release moved."""
    live.desk.rollback(f"{TRIAGE}@2")
    page = live.read(PAGE)
    assert "v2 rolled back" in page.text
    assert "internal v2 → v1" in page.text
    assert "v1 internal beta full" in live.read(f"{PAGE}/versions").text
    assert "nothing → v1" in live.read(f"{PAGE}/history").text


def test_long_lists_of_versions_go_on(visits: Visits) -> None:
    """The artifact's page shows the newest; the list pages by number."""
    for number in range(52):
        visits.desk.save(TRIAGE, f"Text {number}")
    assert f"{PAGE}/versions" in visits.read(PAGE).links()
    following = next(link for link in visits.read(f"{PAGE}/versions").links() if "after=" in link)
    assert f"{PAGE}/versions/2" in visits.read(following).links()


def test_new_versions_of_what_uses_an_older_one(visits: Visits) -> None:
    """A newer model changes nobody; one click makes new versions of the prompts that pin the older one."""
    visits.desk.save(FAST, provider="openai", name="small")
    visits.desk.save(TRIAGE, "Be kind.", model=FAST)
    visits.desk.save(FAST, provider="openai", name="smaller")
    page = visits.read(f"/artifacts/{FAST}")
    assert "1 artifact uses an older version than v2." in page.text
    answer = visits.post(f"/artifacts/{FAST}/repin", **page.forms[f"/artifacts/{FAST}/repin"])
    assert "1 new versions were made" in visits.read(answer.location).text or answer.status_code == 303
    assert f"{FAST} v2" in visits.read(f"{PAGE}/versions/2").text
    assert "older version" not in visits.read(f"/artifacts/{FAST}").text


def test_a_copy_starts_a_new_artifact(live: Visits) -> None:
    """It leads to the copy; a key that is taken is said at the field, with what was typed."""
    answer = live.post(f"{PAGE}/copy", new_key="support/other")
    assert "/artifacts/support/other?did=copied" == answer.location
    assert "live nowhere yet" in live.read(answer.location).text
    again = live.post(f"{PAGE}/copy", new_key="support/other")
    assert 412 == again.status_code
    assert 'value="support/other"' in again.text


def test_archiving_is_refused_while_it_is_live(live: Visits) -> None:
    """The page says where it is live; nothing changes."""
    answer = live.post(f"{PAGE}/archive")
    assert 409 == answer.status_code
    assert "is live on" in read(answer).text
    assert "archived" not in live.read(PAGE).text


def test_the_file_is_sent_as_text_to_keep(live: Visits) -> None:
    """S43: never as something that a browser would interpret."""
    answer = live.get(f"{PAGE}/versions/1/file", by=ADMIN)
    assert "text/plain; charset=utf-8" == answer.headers["Content-Type"]
    assert 'attachment; filename="triage-v1.yaml"' == answer.headers["Content-Disposition"]
    assert "content: Be kind." in answer.text


def test_what_was_rolled_back_is_offered_with_its_warning(live: Visits) -> None:
    """Promote stays possible, and says that somebody else has to sign."""
    live.desk.rollback(f"{TRIAGE}@2")
    assert "v2 was rolled back: it needs somebody else’s sign-off" in live.read(PAGE).text
    page = live.read("/releases/new", stage="internal", key=f"{TRIAGE}@2")
    assert f"{TRIAGE}@2 was rolled back." in page.text


def test_what_is_proposed_already_is_linked_not_offered(live: Visits) -> None:
    """The open release stands where the promotion would be offered, and on the page that would double it."""
    live.desk.save(TRIAGE, "Be kindest.")
    live.desk.promote(f"{TRIAGE}@3")
    number = live.desk.propose(f"{TRIAGE}@3", to="beta")["number"]
    page = live.read(PAGE)
    assert f"Release {number} proposes v3" in page.text
    assert f"/releases/new?stage=beta&key={TRIAGE}@3" not in page.links()
    assert "proposes this already" in live.read("/releases/new", stage="beta", key=f"{TRIAGE}@3").text


def test_a_rollback_names_the_proposals_that_it_ends(live: Visits) -> None:
    """Beforehand beside the button, afterwards on the page of the rollback."""
    live.desk.save(TRIAGE, "Be kindest.")
    live.desk.promote(f"{TRIAGE}@3")
    number = live.desk.propose(f"{TRIAGE}@3", to="beta")["number"]
    assert f"turns release {number} to beta stale" in live.read(PAGE).text
    done = live.desk.rollback(f"{TRIAGE}@3")["number"]
    assert f"/releases/new?again={number}" in live.read(f"/releases/{done}").links()


def test_history_keeps_the_lines_of_a_release_together(live: Visits) -> None:
    """Stages stand as on the ladder, and a page ends between releases."""
    for _ in range(3):
        live.desk.undo(live.desk.rollback(f"{TRIAGE}@2")["number"])
    lines = live.desk.look(ADMIN, list_history, TRIAGE, limit=3)
    assert ["internal", "beta", "internal"] == [line["stage"] for line in lines["items"]]
    whole = whole_releases(lines)
    following = live.desk.look(ADMIN, list_history, TRIAGE, after=whole["next"])
    assert (2, "internal") == (len(whole["items"]), following["items"][0]["stage"])
    assert following["items"][0]["release"] < whole["items"][0]["release"]


def test_what_was_wrong_can_be_said_after_the_click(live: Visits) -> None:
    """The result asks for the reason, tells who has it, and stays on the page the click was made on."""
    done = live.post(f"{PAGE}/roll-back", by=ON_CALL, version="2", next="/features/support")
    assert "/features/support?did=release.6" == done.location
    page = live.read(done.location, by=ON_CALL)
    assert "No reader is connected." in page.text
    assert "/features/support" == page.forms["/releases/6/comments"]["next"]
    assert "/releases/6/undo" in page.forms
    told = live.post(
        "/releases/6/comments", by=ON_CALL, text="It loops.", next="/features/support", result="yes"
    )
    assert "/features/support?did=release.6" == told.location
    after = live.read(told.location, by=ON_CALL)
    assert "It loops." in after.text and "/releases/6/undo" in after.forms


def test_the_reason_said_after_a_rollback_stands_in_the_history(live: Visits) -> None:
    """As if it had been said with it; what others say later is discussion."""
    live.post(f"{PAGE}/roll-back", by=ON_CALL, version="2")
    live.post("/releases/6/comments", by=AUTHOR, text="Oh no.")
    live.post("/releases/6/comments", by=ON_CALL, text="It loops.")
    live.post("/releases/6/comments", by=ON_CALL, text="Mended by noon.")
    listed = live.desk.look(AUTHOR, list_history, TRIAGE)["items"]
    assert {"It loops."} == {line["note"] for line in listed if line["release"] == 6}
    assert "It loops." in live.read(f"{PAGE}/history").text and "It loops." in live.read("/releases").text


def test_after_a_rollback_a_further_one_takes_two_clicks(live: Visits) -> None:
    """A second tap on a phone must not take the next good version away; a quarter of an hour later it may."""
    live.desk.save(TRIAGE, "Be kindest.")
    live.desk.promote(f"{TRIAGE}@3")
    assert "Go back further" not in live.read(PAGE, by=ON_CALL).text
    live.post(f"{PAGE}/roll-back", by=ON_CALL, version="3")
    assert "Go back further" in live.read(PAGE, by=ON_CALL).text
    live.desk.clock.forward(minutes=16)
    assert "Go back further" not in live.read(PAGE, by=ON_CALL).text


def test_S27_the_way_back_after_a_click_is_a_page_of_ours(live: Visits) -> None:
    """An address of another site in the form leads to the overview."""
    done = live.post(f"{PAGE}/roll-back", by=ON_CALL, version="2", next="//evil.example.com/")
    assert done.location.startswith("/?did=")


def test_what_nobody_signs_goes_live_for_internal_by_one_click(visits: Visits) -> None:
    """A saved version that internal asks no sign-off for has its own button; the result has Undo."""
    visits.desk.save(TRIAGE, "Be kind.")
    page = visits.read(PAGE)
    form = page.forms["/releases"]
    assert "Make v1 live for internal" in page.text
    done = visits.post("/releases", **form)
    assert f"{PAGE}?did=release.1" == done.location
    page = visits.read(done.location)
    assert "Release 1 is live" in page.text and "/releases/1/undo" in page.forms
    assert "Make v1" not in page.text


def test_what_breaks_callers_is_shown_before_it_goes_live(visits: Visits) -> None:
    """The same button leads to the review when an acknowledgement is needed; nothing went live."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE)
    variables = {"ticket": {"type": "string", "required": True, "example": "x"}}
    visits.desk.save(TRIAGE, "Be kind. {{ticket}}", variables=variables)
    refused = visits.post("/releases", **visits.read(PAGE).forms["/releases"])
    assert 400 <= refused.status_code < 500
    assert "This would break callers" in refused.text
    assert 1 == visits.desk.entry("internal", TRIAGE).settled
