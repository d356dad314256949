"""Features, their settings, the audiences of the workspace, and the changes of both on pages."""

from __future__ import annotations

import pytest

from prompts_admin.services.features.documents import show_feature
from prompts_admin.services.policies.lists import current_settings, show_settings
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER, SECOND
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

SETTINGS = "/features/support/settings"
EDIT = "/audiences/edit"
FREEZE = "policy.full.freezes[0]"


def _settings(visits: Visits, **changes: str) -> dict[str, str]:
    """Return what the form of the feature's settings holds, with changes."""
    form = visits.read(SETTINGS, by=APPROVER).forms[""]
    return form | changes


def test_a_feature_says_who_answers_and_what_it_takes(visits: Visits) -> None:
    """DRI, data, the policy in sentences, and who can sign as what."""
    text = visits.read("/features/support").text
    for words in (
        "pm@example.com",
        "internal",
        "1 sign-off as legal.",
        "Nothing: a proposal goes live at once.",
        "legal@example.com",
    ):
        assert words in text, words
    assert "/features/support" in visits.read("/features").links()


def test_S18_features_of_others_are_not_there(visits: Visits) -> None:
    """Neither in the list nor by address."""
    assert "/features/support" not in visits.read("/features", by=OUTSIDER).links()
    assert 404 == visits.get("/features/support", by=OUTSIDER).status_code


def test_direct_fields_change_at_once(visits: Visits) -> None:
    """Title, people and runbook are edited without a sign-off; addresses in lower case."""
    fields = {
        "title": "Help desk",
        "description": "Tickets",
        "dri": "ML@example.com",
        "runbook": "https://example.com",
    }
    assert 303 == visits.post("/features/support/edit", **fields).status_code
    found = visits.desk.look(ADMIN, show_feature, "support")
    assert ("Help desk", "ml@example.com", None) == (found["title"], found["dri"], found["on_call"])


def test_S27_a_runbook_is_a_link_to_a_page(visits: Visits) -> None:
    """A link that is code is refused at its field, and what was typed stands there still."""
    fields = {"title": "", "dri": "nobody", "runbook": "javascript:alert(1)"}
    answer = visits.post("/features/support/edit", **fields)
    page = read(answer)
    assert 422 == answer.status_code
    assert {"#title", "#dri", "#runbook"} <= page.links()
    assert "javascript:alert(1)" == page.forms[""]["runbook"]


def test_S21_readers_change_nothing(visits: Visits) -> None:
    """Viewers see no button for what they may not do, and the request by hand is refused."""
    links = visits.read("/features/support", by=LAWYER).links()
    assert not {"/features/support/edit", SETTINGS} & links
    assert 403 == visits.post("/features/support/edit", by=LAWYER, title="Mine").status_code
    assert 403 == visits.get(SETTINGS, by=LAWYER).status_code
    assert 403 == visits.post(SETTINGS, by=AUTHOR, classification="internal").status_code
    assert 403 == visits.post(EDIT, by=AUTHOR, text="audiences: {full: everybody}").status_code


def test_the_form_shows_what_is_in_force_and_sends_it_back_unchanged(visits: Visits) -> None:
    """Sending the form as it came is no change."""
    answer = visits.post(SETTINGS, by=APPROVER, **_settings(visits))
    assert 409 == answer.status_code
    assert "The settings are so already." in read(answer).text


def test_a_policy_is_proposed_signed_and_undone(visits: Visits) -> None:
    """The old policy's roles sign it on its page; then it is in force, and undone in one step."""
    changes = {
        "policy.beta.wait_hours": "24",
        "policy.full.more": "security",
        f"{FREEZE}.from": "2026-12-20T00:00",
    }
    changes |= {f"{FREEZE}.to": "2027-01-02T00:00", f"{FREEZE}.reason": "Holidays", "note": "A night first"}
    made = visits.post(SETTINGS, by=APPROVER, **_settings(visits, **changes))
    assert "/settings/1?did=settings-proposed.1" == made.location
    page = visits.read("/settings/1", by=LAWYER)
    for words in (
        "24 hours on the stage before.",
        "1 sign-off as security.",
        "(Holidays).",
        "1 × legal",
        "A night first",
    ):
        assert words in page.text, words
    assert 403 == visits.post("/settings/1/sign", by=APPROVER, action="approve").status_code
    visits.post("/settings/1/sign", by=LAWYER, action="approve", note="")
    done = visits.post("/settings/1/sign", by=SECOND, action="approve", note="")
    assert "settings-applied" in done.location
    document = visits.desk.look(ADMIN, current_settings, "support")["document"]
    assert 24 == document["policy"]["beta"]["wait_hours"]
    assert {"from": "2026-12-20T00:00:00Z", "to": "2027-01-02T00:00:00Z", "reason": "Holidays"} == document[
        "policy"
    ]["full"]["freezes"][0]
    assert 403 == visits.post("/settings/1/undo", by=LAWYER).status_code
    assert "settings-undone" in visits.post("/settings/1/undo", by=APPROVER).location
    assert "wait_hours" not in str(visits.desk.look(ADMIN, current_settings, "support")["document"])


def test_what_is_wrong_with_a_policy_is_told_at_its_field(visits: Visits) -> None:
    """Numbers that are none and dates that are none stand where they were typed."""
    wrong = {"policy.full.wait_hours": "a night", f"{FREEZE}.from": "soon", "policy.beta.sign_off.ml": "99"}
    answer = visits.post(SETTINGS, by=APPROVER, **_settings(visits, **wrong))
    page = read(answer)
    assert 422 == answer.status_code
    assert {"#policy.full.wait_hours", f"#{FREEZE}.from", "#policy.beta.sign_off.ml"} <= page.links()
    assert ("a night", "soon") == (page.forms[""]["policy.full.wait_hours"], page.forms[""][f"{FREEZE}.from"])


def test_refusing_taking_back_and_withdrawing_a_change(visits: Visits) -> None:
    """The three ways in which a change ends or goes back a step."""
    for number, hours in ((1, "1"), (2, "2")):
        visits.post(SETTINGS, by=APPROVER, **_settings(visits, **{"policy.beta.wait_hours": hours}))
        assert "proposed" == visits.desk.look(ADMIN, show_settings, number)["state"]
    visits.post("/settings/1/sign", by=LAWYER, action="approve")
    visits.post("/settings/1/sign", by=LAWYER, action="take_back")
    assert 2 == len(visits.desk.look(ADMIN, show_settings, 1)["missing"])
    assert 422 == visits.post("/settings/1/sign", by=LAWYER, action="refuse").status_code
    visits.post("/settings/1/sign", by=LAWYER, action="refuse", note="Too long")
    visits.post("/settings/2/withdraw", by=APPROVER, note="Never mind")
    assert "Too long" in visits.read("/settings/1").text
    assert "Never mind" in visits.read("/settings/2").text
    assert 409 == visits.post("/settings/2/apply", by=APPROVER).status_code
    assert 400 == visits.post("/settings/2/sign", by=LAWYER, action="maybe").status_code


def test_settings_wait_for_those_who_sign(visits: Visits) -> None:
    """'Waiting for you' lists the change with the role."""
    visits.post(SETTINGS, by=APPROVER, **_settings(visits, **{"policy.beta.wait_hours": "1"}))
    page = visits.read("/waiting", by=LAWYER)
    assert "/settings/1" in page.links()
    assert "Sign or refuse as legal" in page.text


def test_audiences_are_told_in_sentences(visits: Visits) -> None:
    """Rules as people say them, and the way to propose others for administrators alone."""
    page = visits.read("/audiences", by=ADMIN)
    assert "A group is one of “beta”." in page.text and "Everybody." in page.text
    assert EDIT in page.links()
    assert EDIT not in visits.read("/audiences", by=AUTHOR).links()


def test_audiences_are_proposed_as_text(visits: Visits) -> None:
    """The text in force is the start; what administrators propose is compared rule by rule."""
    assert visits.read(EDIT, by=ADMIN).forms[""]["text"].startswith("audiences:")
    changed = (
        'audiences: {beta: {rules: [{conditions: [{attribute: plan, operator: equals, values: ["pro"]}]}]}}'
    )
    made = visits.post(EDIT, by=ADMIN, text=changed, note="Paying testers")
    page = visits.read(made.location, by=ADMIN)
    assert "“plan” is “pro”." in page.text
    assert ("del", {}) in page.elements and ("ins", {}) in page.elements


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("audiences: {beta: [}", "Line 1"),
        ("audiences: {beta: {rules: [{conditions: []}]}}", "has no conditions"),
        ("audiences: {moon: everybody}", "moon"),
        ("full: everybody", "full"),
        ("", "The file is empty."),
    ],
)
def test_audiences_that_cannot_be_read_keep_their_text(visits: Visits, text: str, told: str) -> None:
    """Every fault is told, and the text stands as it was typed."""
    answer = visits.post(EDIT, by=ADMIN, text=text, note="Why not")
    page = read(answer)
    assert 422 == answer.status_code
    assert told in page.text
    assert text in page.text and "Why not" in page.text


def test_lists_of_changes_are_filtered(visits: Visits) -> None:
    """By state and by feature."""
    visits.post(SETTINGS, by=APPROVER, **_settings(visits, **{"policy.beta.wait_hours": "1"}))
    assert "/settings/1" in visits.read("/settings", by=ON_CALL).links()
    assert "/settings/1" in visits.read("/settings", scope="support", state="proposed").links()
    assert "No change fits." in visits.read("/settings", state="applied").text
    assert 404 == visits.get("/settings/1", by=OUTSIDER).status_code
