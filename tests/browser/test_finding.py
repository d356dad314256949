"""Finding things in a real browser: the palette by keyboard alone, the search page without script, time lines."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.services.artifacts.lifecycle import archive
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from prompts_admin.store.database.unit_of_work import utc_now
from tests.support.axe import overflows, violations
from tests.support.chromium import Site, comes_true

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PM = "pm@example.com"
TRIAGE = "support/triage"
SPARE = {"kind": "snippet", "text": "Spare words."}
HOSTILE = "<img src=x onerror=alert(1)> \u202e needle"
PATHS = (
    "/", "/?state=partly&stage=beta&q=x&dri=pm@example.com", "/?archived=yes",
    "/search", "/search?q=ticket", "/search?q=nothing+has+this", f"/artifacts/{TRIAGE}/timeline",
    f"/artifacts/{TRIAGE}/timeline?range=day", "/features/support/timeline", f"/explain?key={TRIAGE}&user=u-1",
)  # fmt: skip


def test_the_palette_finds_and_opens_by_keyboard_alone(site: Site) -> None:
    """Ctrl-K, some letters, arrows, Enter; the active option is told to screen readers; Escape gives back."""
    page = site.as_person(PM)
    page.goto("/")
    field = _open(page)
    page.keyboard.type("triage")
    assert "support/triage" in _active(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert [] == violations(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/artifacts/{TRIAGE}")
    _open(page)
    page.keyboard.press("Escape")
    field.wait_for(state="hidden")
    # The browser takes the focus off a field that is hidden when it draws the page next.
    comes_true(page, "document.activeElement === document.body")


def test_the_palette_does_what_is_typed_as_a_sentence(site: Site) -> None:
    """An action with an artifact leads to where one click does it; a number is a release."""
    page = site.as_person(PM)
    for typed, label, path in (
        ("roll tri", "Roll back support/triage", rf"/artifacts/{TRIAGE}#live$"),
        ("who tria", "Who was served what of support/triage", rf"/explain\?key={TRIAGE}$"),
        ("#1", "Release 1", "/releases/1$"),
        ("wait", "Waiting for me", "/waiting$"),
    ):
        page.goto("/features")
        _open(page)
        page.keyboard.type(typed)
        assert label in _active(page)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(path))


def test_the_palette_searches_texts_on_the_server_and_shows_them_as_text(site: Site) -> None:
    """After a pause; S26: what somebody wrote never runs in it."""
    site.save(TRIAGE, by=PM, description=HOSTILE)
    page = site.as_person(PM)
    page.goto("/")
    _open(page)
    page.keyboard.type("needle")
    page.get_by_role("group", name="In texts").get_by_role("option").first.wait_for()
    assert "<img src=x" in page.get_by_role("group", name="In texts").inner_text()
    assert 0 == page.locator("dialog img").count()
    page.get_by_role("option", name=TRIAGE).click()
    page.wait_for_url(f"**/artifacts/{TRIAGE}")


def test_the_palette_remembers_where_this_person_was(site: Site) -> None:
    """Last first, and not the page that is shown."""
    page = site.as_person(PM)
    for path in ("/features/support", f"/artifacts/{TRIAGE}", "/releases/1", "/"):
        page.goto(path)
    _open(page)
    shown = page.get_by_role("group", name="Recent").get_by_role("option").all_inner_texts()
    assert ["Release 1", TRIAGE, "support"] == [text.split("\n")[0] for text in shown]


def test_without_script_the_button_leads_to_the_search_page(site: Site) -> None:
    """And the page finds the same, marked."""
    page = site.as_person(PM, script=False)
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Search").click()
    page.get_by_label("Words, or the number of a release").fill("queue")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    assert "queue" == page.locator("mark").first.inner_text().lower()
    page.get_by_role("link", name=TRIAGE).click()
    page.wait_for_url(f"**/artifacts/{TRIAGE}")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_finding_pages_are_accessible_and_fit(site: Site, scheme: str, width: int) -> None:
    """WCAG 2.2 AA by axe, on a wide screen by day and on a phone by night, with a rollback in the picture."""
    _live(site)
    page = site.as_person(PM, width=width, scheme=scheme)
    for path in PATHS:
        page.goto(path)
        assert not overflows(page), path
        assert [] == violations(page), path
    page.goto("/search")
    _open(page)
    assert [] == violations(page)


def test_a_bar_of_the_picture_leads_to_its_release(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the mouse in the picture, by the keyboard in the table; in high contrast the bars have edges."""
    _live(site)
    # A picture shows a minute at least, in which what happened just now is too narrow for a version's number.
    later = utc_now() + timedelta(minutes=10)
    monkeypatch.setattr(site.product.store, "clock", lambda: later)
    page = site.as_person(PM)
    page.emulate_media(forced_colors="active")
    page.goto(f"/artifacts/{TRIAGE}/timeline")
    assert [] == violations(page)
    page.locator("figure.timeline a:has(text)").first.click()
    page.wait_for_url("**/releases/*")


def test_folders_close_and_stay_closed_for_this_person(site: Site) -> None:
    """By keyboard too; the button says whether its feature is open; without script all are open."""
    page = site.as_person(PM)
    page.goto("/")
    button = page.get_by_role("button", name="Show the artifacts of Support")
    assert "true" == button.get_attribute("aria-expanded")
    button.focus()
    page.keyboard.press("Enter")
    assert not _rows(page)
    page.reload()
    assert "false" == button.get_attribute("aria-expanded")
    assert not _rows(page)
    assert [] == violations(page)
    plain = site.as_person(PM, script=False)
    plain.goto("/")
    assert _rows(plain)


def test_an_archived_artifact_is_found_and_taken_into_use_again(site: Site) -> None:
    """Filter, page, one button; without script."""
    site.product.do(LocalPerson(PM, "web"), save, None, Save("support/spare", content=SPARE, base=0))
    site.product.do(LocalPerson(PM, "web"), archive, None, "support/spare")
    page = site.as_person(PM, script=False)
    page.goto("/?archived=yes")
    page.get_by_role("link", name="support/spare").click()
    page.get_by_role("button", name="Take into use again").click()
    expect(page.get_by_role("main")).to_contain_text("In use again.")


def _rows(page: Any) -> int:
    return int(page.locator("tbody[data-folder=support] tr:visible").count()) - 1


def _live(site: Site) -> None:
    number = site.save(TRIAGE, by=PM, description="Route a ticket to the right queue")
    who = LocalPerson(PM, "web")
    site.product.do(who, propose, None, Proposal("internal", (Ask(TRIAGE, number),), note="Better"))
    site.product.do(who, rollback, None, RollbackRequest(keys=(f"{TRIAGE}@{number}",), reason="Worse"))


def _open(page: Any) -> Any:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find or do")
    field.wait_for()
    page.locator("dialog").get_by_role("option").first.wait_for()
    return field


def _active(page: Any) -> str:
    """Return the text of the option that the field tells to be active."""
    script = (
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent"
    )
    return str(page.evaluate(script))
