"""What is typed survives: a closed tab, a lost session, a conflict, a second tab; in a real browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from prompts_admin.store.tables import sessions
from tests.support.chromium import Site, comes_true

pytestmark = pytest.mark.browser

PM, SECOND = "pm@example.com", "pm2@example.com"
TRIAGE = "support/triage"
EDIT = f"/artifacts/{TRIAGE}/edit"
KEPT = "Kept as your draft."
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
STORED = "Object.keys(localStorage).filter((name) => name.startsWith('draft '))"


def test_what_is_typed_survives_a_closed_tab(site: Site) -> None:
    """It is kept a second after typing stops; another machine shows it, and says so on the artifact's page."""
    page = _typed(site, "# typed and left")
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert [] == page.evaluate(STORED)
    page.close()
    elsewhere = site.as_person(PM)
    elsewhere.goto(f"/artifacts/{TRIAGE}")
    elsewhere.get_by_role("link", name="Go on writing").click()
    _shows(elsewhere, "# typed and left")
    expect(elsewhere.get_by_text("Your draft, kept")).to_be_visible()


def test_a_tab_closed_at_once_leaves_the_text_in_the_browser(site: Site) -> None:
    """Before the second is over and with the server away: the same browser has it, and then the server."""
    page = _open(site)
    again = page.context.new_page()
    page.context.set_offline(True)
    _type(page, "# offline")
    expect(page.get_by_text("the server cannot be reached")).to_be_visible()
    assert 1 == len(page.evaluate(STORED))
    assert PM not in json.dumps(page.evaluate(f"{STORED}.map((name) => name + localStorage.getItem(name))"))
    page.close()
    again.context.set_offline(False)
    again.goto(EDIT)
    # A browser may send what it held back as soon as it can, also of a page that is closed by then.
    kept = re.compile("is back. The server did not have it yet.|Only you can see it.")
    expect(again.get_by_text(kept).first).to_be_visible()
    _shows(again, "# offline")
    expect(again.get_by_text(kept if again.get_by_text("Only you").count() else KEPT).first).to_be_visible()
    comes_true(again, f"{STORED}.length === 0")


def test_a_lost_session_keeps_the_text_here_and_gives_it_back(site: Site) -> None:
    """The page says in words what to do; after signing in one lands on the editor with the text."""
    page = _open(site)
    _end_sessions(site)
    _type(page, "# signed out meanwhile")
    line = page.get_by_text("Kept on this machine; sign in again to keep it on the server.")
    expect(line).to_be_visible()
    with page.context.expect_page() as opened:
        line.get_by_role("link", name="Sign in").click()
    _sign_in(opened.value)
    _shows(opened.value, "# signed out meanwhile")
    expect(opened.value.get_by_text(KEPT)).to_be_visible()


def test_a_session_lost_before_the_page_has_asked_breaks_no_script(site: Site) -> None:
    """What the page asks for by itself is sent to the sign-in page then; that page is not read as an answer."""
    page = site.as_person(PM)

    def too_late(route: Any) -> None:
        _end_sessions(site)
        route.continue_()

    page.route("**/editing/known", too_late)
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/editing/known")):
        page.goto(EDIT)
    _type(page, "# signed out at once")
    expect(page.get_by_text("Kept on this machine; sign in again to keep it on the server.")).to_be_visible()


@BOTH
def test_a_save_without_a_session_loses_nothing(site: Site, script: bool) -> None:
    """With script signing in leads back to the text; without, the page of the refusal sends it once more."""
    page = _open(site, script=script)
    _end_sessions(site)
    _type(page, "# sent too late")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("heading", name="You need to sign in")).to_be_visible()
    if script:
        page.locator("main").get_by_role("link", name="Sign in", exact=True).click()
        _sign_in(page)
        expect(page.get_by_text("is back. The server did not have it yet.")).to_be_visible()
    else:
        door = page.context.new_page()
        door.goto(f"/sign-in?next={EDIT}")
        _sign_in(door)
        page.get_by_role("button", name="Go on with what you typed").click()
    _shows(page, "# sent too late")
    expect(page.get_by_text(KEPT if script else "Your draft, kept")).to_be_visible()


@BOTH
def test_F07_a_conflict_keeps_the_draft_and_the_merge_ends_it(site: Site, script: bool) -> None:
    """Somebody saves meanwhile; the draft stays until the merge is saved, then nothing is left of it."""
    page = _open(site, script=script)
    site.save(TRIAGE, by=SECOND, description="Somebody was faster")
    text = page.locator("#text")
    text.fill(text.input_value().replace("messages:", "messages:\n  - {role: system, content: Mine.}"))
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("heading", name="saved v2 while you were writing")).to_be_visible()
    page.goto("/drafts")
    expect(page.get_by_text("v2 is newest")).to_be_visible()
    page.get_by_role("link", name=TRIAGE).click()
    expect(page.get_by_text("is the newest by now: saving shows you both, merged.")).to_be_visible()
    page.get_by_role("button", name="Save as a new version").click()
    page.get_by_role("button", name="Save the merge").click()
    expect(page.get_by_text("Saved as v3")).to_be_visible()
    page.goto("/drafts")
    expect(page.get_by_text("You have no drafts.")).to_be_visible()
    if script:
        assert [] == page.evaluate(STORED)


def test_F07_two_tabs_of_one_person_write_over_nothing_unseen(site: Site) -> None:
    """The second is told and chooses; until then its own text stays on this machine."""
    first = _typed(site, "# from the first")
    second = first.context.new_page()
    second.goto(EDIT)
    expect(first.get_by_text(KEPT)).to_be_visible()
    second.reload()
    with first.expect_response(lambda answer: answer.url.endswith(f"/drafts/{TRIAGE}")):
        _type(first, "# again from the first")
    _type(second, "# from the second")
    expect(second.get_by_text("In another window you typed another text")).to_be_visible()
    second.get_by_text("See the other text").click()
    assert "# again from the first" in second.get_by_label("The other text").input_value()
    second.get_by_role("button", name="Keep what is below").click()
    expect(second.get_by_text(KEPT)).to_be_visible()
    first.reload()
    _shows(first, "# from the second")


@BOTH
def test_a_draft_is_dropped_and_put_back(site: Site, script: bool) -> None:
    """Without script the preview keeps it; dropping leads to the version's text, with a way back."""
    page = _open(site, script=script)
    _type(page, "# to be dropped")
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_role("button", name="Drop the draft").click()
    expect(page.get_by_text("Your draft is dropped.")).to_be_visible()
    assert "# to be dropped" not in page.locator("#text").input_value()
    page.get_by_role("button", name="Put it back").click()
    _shows(page, "# to be dropped")


def test_nothing_stays_on_the_machine_of_who_signs_out_nor_is_shown_to_others(site: Site) -> None:
    """Somebody else on the same machine sees no text; after signing out there is none."""
    page = _open(site)
    page.context.route("**/drafts/**", lambda route: route.abort())
    _type(page, "# private")
    expect(page.get_by_text("the server cannot be reached")).to_be_visible()
    page.context.unroute("**/drafts/**")
    _end_sessions(site)
    page.goto(f"/sign-in?next={EDIT}")
    _sign_in(page, SECOND)
    assert "# private" not in page.locator("#text").input_value()
    expect(page.get_by_text("On this machine there is another text")).to_have_count(0)
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    comes_true(page, f"{STORED}.length === 0")


def test_two_people_in_one_artifact_see_that_they_are(site: Site) -> None:
    """The one who is there learns by heartbeat, the one who comes from the page itself, without script too."""
    first = _typed(site, "# first")
    expect(first.get_by_text(KEPT)).to_be_visible()
    late = site.as_person(SECOND, script=False)
    late.goto(EDIT)
    expect(late.get_by_text("is editing this too, just now.")).to_be_visible()
    with_script = site.as_person(SECOND)
    with_script.goto(EDIT)
    _type(first, "# more")
    expect(first.get_by_text("is editing this too, just now.")).to_be_visible()


def _shows(page: Any, line: str) -> None:
    expect(page.locator("#text")).to_have_value(re.compile(re.escape(line)))


def _open(site: Site, *, by: str = PM, script: bool = True) -> Any:
    page = site.as_person(by, script=script)
    page.goto(EDIT)
    return page


def _typed(site: Site, line: str) -> Any:
    page = _open(site)
    _type(page, line)
    return page


def _type(page: Any, line: str) -> None:
    """Add a line as somebody who types does: the field tells of it by itself."""
    page.locator("#text").fill(f"{page.locator('#text').input_value()}{line}\n")


def _end_sessions(site: Site) -> None:
    with site.product.store.write() as uow:
        uow.connection.execute(sa.delete(sessions))
        uow.commit()


def _sign_in(page: Any, email: str = PM) -> None:
    page.locator(f"main button[value='{email}']").first.click()
    page.wait_for_url(f"**{EDIT}*")
