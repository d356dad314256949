"""Writing, previewing, a conflict and one-click rollback in a real browser, with JavaScript and without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Site

pytestmark = pytest.mark.browser

PM, SECOND = "pm@example.com", "pm2@example.com"
FAST = "support/fast"
EDIT = f"/artifacts/{FAST}/edit"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@BOTH
def test_preview_save_release_roll_back_undo(site: Site, script: bool) -> None:
    """From the first keystroke to live and back, each step on a page that says what happened."""
    page = site.as_person(PM, script=script)
    page.goto("/")
    page.get_by_role("link", name=FAST).click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.wait_for_url(f"**{EDIT}")
    text = page.get_by_label(f"{FAST}.yaml")
    text.fill(text.input_value().replace("temperature: 0", "temperature: 0.7"))
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("temperature 0 -> 0.7")).to_be_visible()
    page.get_by_label("What did you change, and why?").fill("Warmer")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved as v2. Nobody gets it before it is released.")).to_be_visible()
    page.get_by_role("button", name="Make v2 live for internal").click()
    expect(page.get_by_role("heading", name="Release 2 is live")).to_be_visible()
    page.get_by_role("button", name="Roll back internal to v1").click()
    expect(page.get_by_role("heading", name="Rolled back")).to_be_visible()
    page.get_by_role("button", name="Undo release 3").click()
    page.wait_for_url(re.compile(r"did=release\.4"))
    assert page.get_by_role("heading", name="Undone").is_visible()


@BOTH
def test_F07_what_was_typed_survives_an_error_and_a_conflict(site: Site, script: bool) -> None:
    """A mistake keeps the text; somebody else's version brings a merge, and nothing typed is lost."""
    mine, theirs = site.as_person(PM, script=script), site.as_person(SECOND, script=script)
    for page in (mine, theirs):
        page.goto(EDIT)
    before = mine.locator("#text").input_value()
    mine.locator("#text").fill(before + "surprise: 1\n")
    mine.get_by_role("button", name="Save as a new version").click()
    expect(mine.get_by_text("'surprise' is not a field here.")).to_be_visible()
    assert before + "surprise: 1\n" == mine.locator("#text").input_value()
    theirs.locator("#text").fill(before.replace("temperature: 0", "temperature: 0.3"))
    theirs.get_by_role("button", name="Save as a new version").click()
    expect(theirs.get_by_text("Saved as v2.")).to_be_visible()
    mine.locator("#text").fill(before.replace("temperature: 0", "temperature: 0.7"))
    mine.get_by_role("button", name="Save as a new version").click()
    expect(mine.get_by_role("heading", name=f"{SECOND} saved v2 while you were writing")).to_be_visible()
    merge = mine.locator("#text").input_value()
    assert "temperature: 0.7" in merge and "temperature: 0.3" in merge and "<<<<<<< yours" in merge
    mine.locator("#text").fill(before.replace("temperature: 0", "temperature: 0.7"))
    mine.get_by_role("button", name="Save the merge").click()
    expect(mine.get_by_text("Saved as v3.")).to_be_visible()


def test_F08_a_double_click_is_one_change(site: Site) -> None:
    """Two clicks on the button that rolls back are one release."""
    site.save(FAST, by=PM, description="Warmer")
    page = site.as_person(PM)
    page.goto(f"/releases/new?key={FAST}")
    page.get_by_role("button", name="Propose to internal").click()
    expect(page.get_by_text("Release 2 is live")).to_be_visible()
    page.goto(f"/artifacts/{FAST}")
    page.get_by_role("button", name="Roll back internal to v1").dblclick()
    page.wait_for_url(re.compile(r"did=release\.3"))
    assert 404 == page.goto("/releases/4").status


def test_leaving_with_unsaved_text_asks_first(site: Site) -> None:
    """With script the browser asks before typed text is lost; saving does not ask."""
    page = site.as_person(PM)
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(EDIT)
    page.locator("#text").press("End")
    page.locator("#text").type(" ")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Leave without saving").click()
    assert ["beforeunload"] == asked
    assert page.url.endswith("/edit")
    page.get_by_role("button", name="Save as a new version").click()
    page.wait_for_url(re.compile("did="))
    assert ["beforeunload"] == asked


def test_F34_a_text_that_is_too_large_is_told_before_it_is_sent(site: Site) -> None:
    """Nothing is lost to a refusal on the way."""
    page = site.as_person(PM)
    page.goto(EDIT)
    page.evaluate("document.getElementById('text').value = 'x'.repeat(1048577)")
    page.get_by_role("button", name="Save as a new version").click()
    assert "longer than the 1048576 bytes" in page.evaluate(
        "document.getElementById('text').validationMessage"
    )
    assert page.url.endswith("/edit")


def test_the_keyboard_reaches_everything_in_order(site: Site) -> None:
    """Tab begins with the link that skips to the content; Escape closes the menu."""
    page = site.as_person(PM)
    page.goto("/")
    page.keyboard.press("Tab")
    assert "Skip to the content" == page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".person summary").press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()


@BOTH
def test_becoming_somebody_else_stays_on_the_page(site: Site, script: bool) -> None:
    """The demo's banner changes the person with one click; signing out ends it."""
    page = site.as_person(PM, script=script)
    page.goto(f"/artifacts/{FAST}")
    page.get_by_text("Be somebody else").click()
    page.get_by_role("button", name="Omar Castell").click()
    expect(page.get_by_text("You are Omar Castell.")).to_be_visible()
    assert page.url.endswith(f"/artifacts/{FAST}")
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
