"""From a proposal to everybody and back, in a real browser, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Site

pytestmark = pytest.mark.browser

PM, ML, LEGAL, ON_CALL, ADMIN = (f"{name}@example.com" for name in ("pm", "ml", "legal", "oncall", "admin"))
TRIAGE = "support/triage"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_propose_sign_live_roll_back_undo(site: Site, script: bool) -> None:
    """Propose, be asked, sign, be live, roll back, undo: each is a click on a page that says what happened."""
    site.save(TRIAGE, by=PM, description="Route a ticket to the right queue")
    author = site.as_person(PM, script=script)
    author.goto(f"/releases/new?key={TRIAGE}")
    expect(author.get_by_text("right queue").first).to_be_visible()
    author.get_by_role("button", name="Propose to internal").click()
    expect(author.get_by_text("Release 2 is live.")).to_be_visible()

    author.goto(f"/releases/new?stage=beta&key={TRIAGE}@2")
    author.get_by_label("Share of beta").fill("10")
    author.get_by_label("Why").fill("A careful start")
    author.get_by_role("button", name="Propose to beta").click()
    expect(author.get_by_text("ask ml@example.com")).to_be_visible()

    signer = site.as_person(ML, script=script)
    signer.goto("/waiting")
    signer.get_by_role("link", name="Review release 3").click()
    expect(signer.get_by_text("A careful start").first).to_be_visible()
    signer.get_by_role("button", name="Approve").click()
    expect(signer.get_by_text("Your yes was the last one: release 3 is live.")).to_be_visible()

    rescuer = site.as_person(ON_CALL, script=script, width=375)
    rescuer.goto("/releases/3")
    rescuer.get_by_role("button", name="Roll back").click()
    expect(rescuer.get_by_role("heading", name="Rolled back")).to_be_visible()
    rescuer.get_by_label("What was wrong?").fill("It sends refunds to sales")
    rescuer.get_by_role("button", name="Undo release 4").click()
    rescuer.wait_for_url(re.compile(r"/releases/3\?did=release.5"))
    assert rescuer.get_by_role("heading", name="Undone").is_visible()


def test_a_refused_form_takes_the_keyboard_to_what_is_wrong(site: Site) -> None:
    """After a refusal the summary has the focus, its link leads to the field, and the text is still there."""
    site.save(TRIAGE, by=PM, description="Route a ticket to the right queue")
    page = site.as_person(PM)
    page.goto(f"/releases/new?key={TRIAGE}")
    page.get_by_label("Share of internal").fill("lots")
    page.get_by_label("Why").fill("Kept")
    page.get_by_role("button", name="Propose to internal").click()
    expect(page.locator("#refused")).to_be_focused()
    page.get_by_role("link", name="A share is a number").click()
    expect(page.locator("#percentage-0")).to_be_focused()
    assert "Kept" == page.get_by_label("Why").input_value()


def test_a_policy_is_changed_in_the_browser(site: Site) -> None:
    """A releaser proposes another policy by form; the page compares it in sentences."""
    page = site.as_person(ML, script=False)
    page.goto("/features/support")
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Hours on the stage before").nth(1).fill("12")
    page.get_by_role("button", name="Propose the change").click()
    expect(page.get_by_text("12 hours on the stage before.")).to_be_visible()
    expect(page.get_by_text("1 × legal")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_has_nothing_to_go_back_to_takes_the_same_button_twice(site: Site, script: bool) -> None:
    """The first press leaves it on and asks with the same words, the second one switches it off."""
    label = "Switch off v1 for internal, beta and full"
    rescuer = site.as_person(ON_CALL, script=script, width=375)
    rescuer.goto("/artifacts/search/rewrite")
    rescuer.locator("summary", has_text=label).click()
    rescuer.get_by_role("button", name=label).click()
    expect(rescuer.get_by_role("heading", name="There is nothing to go back to")).to_be_visible()
    rescuer.get_by_role("button", name=label).first.click()
    expect(rescuer.get_by_role("heading", name="Rolled back")).to_be_visible()
    expect(rescuer.get_by_text("switched off").first).to_be_visible()
