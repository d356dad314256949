"""The list of releases and the page of one: what it shows, and what people can do there."""

from __future__ import annotations

import pytest

from prompts_admin.services.releases.lifecycle import comment
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER, SECOND
from tests.support.desk import FAST, OTHER, REPLY, TONE, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE


@pytest.fixture
def waiting_release(visits: Visits) -> int:
    """A release to full that waits for product and legal."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="full")
    desk.save(TRIAGE, "Be very kind.")
    desk.climb(TRIAGE, up_to="beta")
    return int(desk.propose(f"{TRIAGE}@2", to="full", note="Kinder")["number"])


def test_the_list_tells_what_waits_for_whom(visits: Visits, waiting_release: int) -> None:
    """Newest first, with what moves, its state and the names of those who are still needed."""
    page = visits.read("/releases")
    assert f"/releases/{waiting_release}" in page.links()
    assert "Waits for 1 × product (pm2@example.com), 1 × legal (legal@example.com)" in page.text


def test_the_list_is_filtered_and_paged_by_key(visits: Visits) -> None:
    """State and feature filter; the next page begins after the last number of this one."""
    desk = visits.desk
    desk.save(OTHER, "0")
    for number in range(1, 53):
        desk.save(OTHER, str(number))
        desk.promote(OTHER)
    page = visits.read("/releases", state="superseded", feature="elsewhere")
    later = next(link for link in page.links() if "after=" in link)
    assert "state=superseded" in later and "feature=elsewhere" in later
    assert {"/releases/1"} == {link for link in visits.read(later).links() if link.startswith("/releases/1")}
    assert "No release fits." in visits.read("/releases", state="refused").text


def test_the_page_shows_words_checks_and_who_is_needed(visits: Visits, waiting_release: int) -> None:
    """The difference word by word, each check with its outcome, and the people by name."""
    page = visits.read(f"/releases/{waiting_release}", by=LAWYER)
    for words in (
        "Be very kind.",
        "What would change",
        "Pass order",
        "Waiting sign off",
        "ask legal@example.com",
    ):
        assert words in page.text, words
    assert ("ins", {}) in page.elements


def test_what_changes_inside_a_pinned_snippet_is_shown(visits: Visits) -> None:
    """A prompt's release shows the words of the snippet that it takes along."""
    desk = visits.desk
    desk.save(TONE, "Warm.", kind="snippet")
    desk.save(REPLY, "Answer. {{> support/tone}}")
    desk.climb(REPLY, up_to="internal")
    desk.save(TONE, "Warm and short.", kind="snippet")
    desk.save(REPLY, "Answer. {{> support/tone}}", update_pins=True)
    number = desk.promote(REPLY)
    assert "Inside: support/tone v1 → to v2" in visits.read(f"/releases/{number}").text


def test_two_signers_take_it_live(visits: Visits, waiting_release: int) -> None:
    """Each signs on the page; the last yes makes it live, and the page says whose it was."""
    path = f"/releases/{waiting_release}"
    first = visits.post(f"{path}/sign", by=SECOND, action="approve", role="product", note="Fine")
    assert f"{path}?did=approved.{waiting_release}" == first.location
    last = visits.post(f"{path}/sign", by=LAWYER, action="approve", role="legal", note="")
    page = visits.read(last.location, by=LAWYER)
    assert f"release {waiting_release} is live" in page.text
    assert "Fine" in page.text


def test_S25_authors_and_proposers_are_offered_no_decision(visits: Visits, waiting_release: int) -> None:
    """Whoever wrote or proposed it is told that somebody else signs, and the request by hand is refused."""
    path = f"/releases/{waiting_release}"
    page = visits.read(path, by=AUTHOR)
    assert "Somebody else signs" in page.text
    assert f"{path}/sign" not in page.forms
    assert 403 == visits.post(f"{path}/sign", by=AUTHOR, action="approve", role="product").status_code


def test_S21_who_holds_no_role_that_is_asked_for_cannot_sign(visits: Visits, waiting_release: int) -> None:
    """The form is hidden, and its request is refused, for administrators too."""
    path = f"/releases/{waiting_release}"
    for somebody in (ADMIN, APPROVER, ON_CALL):
        assert f"{path}/sign" not in visits.read(path, by=somebody).forms
        assert 403 == visits.post(f"{path}/sign", by=somebody, action="approve").status_code
    assert 404 == visits.post(f"{path}/sign", by=OUTSIDER, action="approve").status_code
    assert "proposed" == visits.desk.state(waiting_release)


def test_a_refusal_needs_a_reason_and_closes(visits: Visits, waiting_release: int) -> None:
    """Without words nothing happens; with them the release is closed and shows them."""
    path = f"/releases/{waiting_release}"
    assert 422 == visits.post(f"{path}/sign", by=LAWYER, action="refuse", note=" ").status_code
    done = visits.post(f"{path}/sign", by=LAWYER, action="refuse", note="Too kind")
    page = visits.read(done.location, by=AUTHOR)
    assert "Too kind" in page.text
    assert "refused" == visits.desk.state(waiting_release)


def test_a_sign_off_is_taken_back(visits: Visits, waiting_release: int) -> None:
    """Until it is live, a yes can be taken back on the page."""
    path = f"/releases/{waiting_release}"
    visits.post(f"{path}/sign", by=LAWYER, action="approve")
    assert f"{path}/take-back" in visits.read(path, by=LAWYER).forms
    visits.post(f"{path}/take-back", by=LAWYER)
    assert {"product", "legal"} == {m["role"] for m in visits.desk.release(waiting_release)["missing"]}


def test_any_other_verdict_is_no_verdict(visits: Visits, waiting_release: int) -> None:
    """What the buttons do not send is refused before it reaches the book of sign-offs."""
    path = f"/releases/{waiting_release}/sign"
    assert 400 == visits.post(path, by=LAWYER, action="take_back").status_code
    assert 400 == visits.post(path, by=LAWYER).status_code
    assert [] == visits.desk.release(waiting_release)["signoffs"]


def test_an_approved_release_waits_for_a_hand(visits: Visits) -> None:
    """'By hand' shows one button to those who may, and pressing it makes the release live."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    number = desk.propose(TRIAGE, apply="manual")["number"]
    path = f"/releases/{number}"
    assert f"{path}/apply" not in visits.read(path, by=LAWYER).forms
    assert 403 == visits.post(f"{path}/apply", by=LAWYER).status_code
    assert f"{path}/apply" in visits.read(path).forms
    assert "went-live" in visits.post(f"{path}/apply").location
    assert "live" == desk.state(number)


def test_withdrawing_closes_with_a_note(visits: Visits, waiting_release: int) -> None:
    """The proposer withdraws, a reader cannot."""
    path = f"/releases/{waiting_release}"
    assert 403 == visits.post(f"{path}/withdraw", by=LAWYER).status_code
    visits.post(f"{path}/withdraw", note="Not now")
    assert "Not now" in visits.read(path).text
    assert "withdrawn" == visits.desk.state(waiting_release)


def test_the_discussion_is_kept_in_order(visits: Visits, waiting_release: int) -> None:
    """Comments stand with who and when; an empty one is refused."""
    path = f"/releases/{waiting_release}"
    visits.desk.do(SECOND, comment, waiting_release, "Is it safe?")
    assert 303 == visits.post(f"{path}/comments", by=LAWYER, text="It is.").status_code
    assert 422 == visits.post(f"{path}/comments", by=LAWYER, text=" ").status_code
    text = visits.read(path).text
    assert text.index("Is it safe?") < text.index("It is.")


def test_a_release_is_rolled_back_and_that_is_undone(visits: Visits, waiting_release: int) -> None:
    """One click removes what it brought, the page tells what happened, and Undo puts it in place again."""
    desk, path = visits.desk, f"/releases/{waiting_release}"
    desk.approve(waiting_release, by=SECOND)
    desk.approve(waiting_release, by=LAWYER)
    assert f"{path}/roll-back" not in visits.read(path, by=LAWYER).forms
    assert 403 == visits.post(f"{path}/roll-back", by=LAWYER).status_code
    back = visits.post(f"{path}/roll-back", by=ON_CALL, reason="Sends refunds to sales")
    page = visits.read(back.location, by=ON_CALL)
    assert "Rolled back" in page.text
    assert "Sends refunds to sales" in page.text
    assert 1 == desk.entry("full", TRIAGE).settled
    assert 303 == visits.post(f"{back.location.partition('?')[0]}/undo", by=ON_CALL).status_code
    assert 2 == desk.entry("full", TRIAGE).settled


def test_a_rollback_twice_is_told_not_done(visits: Visits, waiting_release: int) -> None:
    """The second one finds nothing of the release live and says so on its page."""
    desk, path = visits.desk, f"/releases/{waiting_release}/roll-back"
    desk.approve(waiting_release, by=SECOND)
    desk.approve(waiting_release, by=LAWYER)
    visits.post(path, by=ON_CALL)
    answer = visits.post(path, by=ADMIN, reason="me too")
    assert 409 == answer.status_code
    assert f"Nothing of release {waiting_release} is live any more." in read(answer).text


def test_what_went_along_was_left_or_switched_off_is_listed(visits: Visits) -> None:
    """Rolling back a model names the prompt that went along; what had nothing to go back to is named too."""
    desk = visits.desk
    desk.save(FAST, provider="openai")
    desk.save(TRIAGE, "Be kind.", model=FAST)
    desk.climb(TRIAGE, up_to="internal")
    desk.save(FAST, provider="openai", name="smaller")
    desk.save(TRIAGE, "Be kind.", model=FAST, update_pins=True)
    desk.promote(TRIAGE, FAST)
    number = desk.rollback(f"{FAST}@2", or_none=True)["number"]
    text = visits.read(f"/releases/{number}").text
    assert "Went along" in text and "Switched off" in text


def test_a_release_of_another_feature_is_not_there(visits: Visits, waiting_release: int) -> None:
    """S18: people without a right on the feature get the answer that a missing number gets."""
    assert 404 == visits.get(f"/releases/{waiting_release}", by=OUTSIDER).status_code
    assert 404 == visits.get("/releases/99999").status_code
    assert 404 == visits.get(f"/releases/{'9' * 40}").status_code


def test_waiting_lists_what_the_reader_can_decide(visits: Visits, waiting_release: int) -> None:
    """Signers see it with the role asked of them, proposers do not."""
    page = visits.read("/waiting", by=LAWYER)
    assert f"/releases/{waiting_release}" in page.links()
    assert "Sign or refuse as legal" in page.text
    assert "Nothing waits for you." in visits.read("/waiting", by=AUTHOR).text


def test_a_signer_reads_the_share_that_the_yes_allows(visits: Visits) -> None:
    """The page where one signs names the ceiling beside the share, and shows the checks before the button."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "Be very kind.")
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta", percent=10, up_to=50)["number"]
    page = visits.read(f"/releases/{number}", by=APPROVER)
    assert "v2 for 10 % (up to 50 %)" in page.text
    assert f"For {TRIAGE} your yes allows up to 50 % of beta" in page.text
    assert page.text.index("Callers need not change anything") < page.text.index("Approve Refuse")
    assert "(up to 50 %)" in visits.read("/waiting", by=APPROVER).text


def test_a_rolled_back_share_names_what_the_rest_had(visits: Visits) -> None:
    """The list says v2 for some and v1 for the rest; what was undone is not shown as live."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="internal")
    desk.save(TRIAGE, "Be very kind.")
    desk.promote(TRIAGE, percent=10)
    number = desk.rollback(f"{TRIAGE}@2")["number"]
    assert "v2 for 10 %, v1 for the rest → to v1" in visits.read("/releases").text
    comparison = desk.release(number)["comparisons"][0]
    assert (2, 1, True) == (comparison["from"], comparison["to"], bool(comparison["changes"]))
    desk.undo(number)
    assert f"/releases/{number}" not in visits.read("/releases", state="live").links()


def test_a_release_reads_like_a_review(visits: Visits, waiting_release: int) -> None:
    """Whom it is for, what stands there and since when, and what a signer saw: digests and share in words."""
    desk, path = visits.desk, f"/releases/{waiting_release}"
    page = visits.read(path, by=LAWYER)
    assert "Who would get itfull Everybody." in page.text
    assert "Live there nowv1, live less than a minute, signed by legal and product" in page.text
    desk.approve(waiting_release, by=LAWYER)
    assert "Saw support/triage v2 (" in visits.read(path, by=LAWYER).text
    assert "in place of v1." in visits.read(path, by=LAWYER).text


def test_what_went_live_lately_goes_back_from_the_overview_and_the_feature(
    visits: Visits, waiting_release: int
) -> None:
    """One button for each of the newest promotions, which says where to, how long that was live and who signed."""
    visits.desk.approve(waiting_release, by=SECOND)
    visits.desk.approve(waiting_release, by=LAWYER)
    for path in ("/", "/features/support"):
        page = visits.read(path, by=ON_CALL)
        assert "Roll back full to v1, live less than a minute, signed by legal and product" in page.text
        assert path == page.forms[f"/releases/{waiting_release}/roll-back"]["next"]
        assert f"/releases/{waiting_release}/roll-back" not in visits.read(path, by=LAWYER).forms
    visits.post(f"/releases/{waiting_release}/roll-back", by=ON_CALL, next="/")
    assert "Roll back full to v1" not in visits.read("/", by=ON_CALL).text
