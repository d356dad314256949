"""A person's time, counted in clicks: what is live in none, saved in two, live for internal in one more, signed in
two, rolled back in one; with script and without.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Site

pytestmark = pytest.mark.browser

PM, ML, LEGAL, ON_CALL = (f"{name}@example.com" for name in ("pm", "ml", "legal", "oncall"))
FAST, TRIAGE = "support/fast", "support/triage"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


class Hand:
    """A mouse that counts its clicks on a page."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0

    def click(self, role: str, name: str) -> None:
        """Click what people would call by this name."""
        self.page.get_by_role(role, name=name).first.click()
        self.clicks += 1


@BOTH
def test_what_is_live_is_seen_without_a_click(site: Site, script: bool) -> None:
    """The first page after signing in shows every stage of every artifact."""
    page = site.as_person(PM, script=script)
    page.goto("/")
    row = page.get_by_role("row").filter(has_text=TRIAGE)
    expect(row).to_contain_text("v1")


@BOTH
def test_from_edit_to_saved_in_two_and_live_for_internal_in_one_more(site: Site, script: bool) -> None:
    """Edit, save, make it live: each page offers the next step as a button, and the last one has Undo."""
    page = site.as_person(PM, script=script)
    page.goto(f"/artifacts/{FAST}")
    hand = Hand(page)
    hand.click("link", "Edit")
    page.wait_for_url("**/edit")
    _write(page, lambda text: text.replace("temperature: 0", "temperature: 0.7"))
    hand.click("button", "Save as a new version")
    expect(page.get_by_text("Saved as v2.")).to_be_visible()
    assert 2 == hand.clicks
    hand.click("button", "Make v2 live for internal")
    expect(page.get_by_role("heading", name="Release 2 is live")).to_be_visible()
    assert 3 == hand.clicks
    assert 2 == site.live("internal", FAST)


@BOTH
def test_signed_in_two(site: Site, script: bool) -> None:
    """From the first page: the release that waits, then the yes."""
    site.propose(FAST, by=PM)
    page = site.as_person(ML, script=script)
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("Waiting"))).to_contain_text("1")
    hand = Hand(page)
    hand.click("link", "Release 3 to beta")
    hand.click("button", "Approve")
    expect(page.get_by_text("release 3 is live")).to_be_visible()
    assert 2 == hand.clicks
    assert 2 == site.live("beta", FAST)


@BOTH
@pytest.mark.parametrize("start", ["/", f"/artifacts/{FAST}", "/features/support", "/releases/3"])
def test_rolled_back_in_one_from_anywhere(site: Site, start: str, script: bool) -> None:
    """One click on a phone; the same page tells what happened, who has it, asks why, and offers Undo."""
    site.propose(FAST, by=PM)
    site.approve(3, by=ML)
    page = site.as_person(ON_CALL, script=script, width=375)
    page.goto(start)
    button = page.get_by_role("button", name=re.compile(r"Roll back .*beta to v1"))
    expect(button.first).to_contain_text("not signed")
    button.first.click()
    expect(page.get_by_role("heading", name="Rolled back")).to_be_visible()
    assert start == re.sub(r"\?.*", "", page.url.removeprefix(site.address))
    assert 1 == site.live("beta", FAST)
    expect(page.get_by_text("No reader is connected.").first).to_be_visible()
    expect(page.get_by_label("What was wrong?")).to_be_visible()
    page.get_by_role("button", name="Undo release 4").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    assert 2 == site.live("beta", FAST)


def test_a_link_from_a_notice_leads_through_the_door_to_the_release(site: Site) -> None:
    """Who is signed out signs in and arrives at what the notice was about."""
    site.propose(FAST, by=PM)
    page = site.visitor()
    page.goto("/releases/3")
    page.locator(f"main button[value='{ML}']").click()
    expect(page.get_by_role("heading", name="Release 3 to beta")).to_be_visible()


def test_signing_needs_no_mouse(site: Site) -> None:
    """Tab, Enter and typing alone: from the first page to a refusal with its reason."""
    site.propose(FAST, by=PM)
    page = site.as_person(ML)
    page.goto("/")
    _tab_to(page, "Release 3 to beta")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/releases/3"))
    _tab_to(page, "Comment")
    page.keyboard.type("Too warm for support")
    _tab_to(page, "Refuse")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You refused it.")).to_be_visible()
    expect(page.get_by_text("Too warm for support").first).to_be_visible()


def _write(page: Any, change: Any) -> None:
    text = page.locator("#text")
    if text.is_visible():
        text.fill(change(text.input_value()))
        return
    value = change(text.input_value())
    page.evaluate(
        "value => { const area = document.getElementById('text'); area.value = value;"
        " area.dispatchEvent(new Event('change', { bubbles: true })); }",
        value,
    )


def _tab_to(page: Any, name: str, most: int = 60) -> None:
    """Press Tab until something of this name has the focus."""
    script = (
        "() => { const at = document.activeElement; const id = at.id;"
        " const label = id && document.querySelector(`label[for='${id}']`);"
        " return (label || at).textContent.trim(); }"
    )
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(script) == name:
            return
    raise AssertionError(f"Tab never reaches '{name}'.")
