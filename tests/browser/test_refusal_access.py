"""What went wrong, a conflict and the door for everybody: axe finds nothing, nothing overflows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.axe import overflows, violations
from tests.support.chromium import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PM = "pm@example.com"
FAST = "support/fast"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusals_and_the_door_are_accessible_too(site: Site, scheme: str) -> None:
    """A form with errors, a conflict, and the sign-in page."""
    page = site.as_person(PM, scheme=scheme, width=390)
    page.goto(f"/artifacts/{FAST}/edit")
    before = page.locator("#text").input_value()
    site.save(FAST, by="pm2@example.com", params={"temperature": 0.3})
    for text, told in (
        (before + "surprise: 1\n", "'surprise' is not a field here."),
        (
            before.replace("temperature: 0", "temperature: 0.7"),
            "pm2@example.com saved v2 while you were writing",
        ),
    ):
        page.locator("#text").fill(text)
        page.get_by_role("button", name="Save as a new version").click()
        expect(page.get_by_text(told).first).to_be_visible()
        page.wait_for_load_state()
        assert [] == violations(page)
        assert not overflows(page)
    page.context.clear_cookies()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/sign-in")
    assert [] == violations(page)
    assert not overflows(page)
