"""The pages about artifacts and the door for everybody: axe finds nothing, nothing overflows."""

from __future__ import annotations

import pytest

from prompts_admin.domain.identity import LocalPerson
from prompts_admin.services.proposals import Ask, Proposal
from prompts_admin.services.releases import propose
from tests.support.axe import overflows, violations
from tests.support.chromium import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.slow]

PM = "pm@example.com"
TRIAGE, FAST = "support/triage", "support/fast"
PATHS = (
    "/", "/?q=nothing-fits", "/?archived=yes", f"/artifacts/{TRIAGE}", f"/artifacts/{FAST}",
    f"/artifacts/{TRIAGE}?did=release.2", f"/artifacts/{TRIAGE}/versions", f"/artifacts/{TRIAGE}/history",
    f"/artifacts/{TRIAGE}/versions/1", f"/artifacts/{FAST}/versions/2", f"/artifacts/{TRIAGE}/compare",
    f"/artifacts/{TRIAGE}/compare?from=9&to=1", f"/artifacts/{TRIAGE}/edit", f"/artifacts/{TRIAGE}/edit?from=1",
    "/new", "/new?kind=model", "/account", "/nothing", f"/artifacts/{TRIAGE}?did=saved.2",
)  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390), ("light", 360)])
def test_every_page_is_accessible_and_fits(site: Site, scheme: str, width: int) -> None:
    """WCAG 2.2 AA by axe, by day on a wide screen and by night on a phone; no page scrolls sideways."""
    _fill(site)
    page = site.as_person(PM, width=width, scheme=scheme)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(folded => { folded.open = true })")
        assert not overflows(page), path
        if width != 360:
            assert [] == violations(page), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusals_and_the_door_are_accessible_too(site: Site, scheme: str) -> None:
    """A form with errors, a conflict, and the sign-in page."""
    page = site.as_person(PM, scheme=scheme, width=390)
    page.goto(f"/artifacts/{FAST}/edit")
    before = page.locator("#text").input_value()
    site.save(FAST, by="pm2@example.com", params={"temperature": 0.3})
    for text in (before + "surprise: 1\n", before.replace("temperature: 0", "temperature: 0.7")):
        page.locator("#text").fill(text)
        page.get_by_role("button", name="Save as a new version").click()
        assert [] == violations(page)
        assert not overflows(page)
    page.context.clear_cookies()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/sign-in")
    assert [] == violations(page)
    assert not overflows(page)


def _fill(site: Site) -> None:
    author = LocalPerson(PM, "web")
    site.save(TRIAGE, by=PM, description="Route a ticket to the right queue\u200b")
    site.save(FAST, by=PM, params={"temperature": 0.7})
    site.product.do(author, propose, None, Proposal("internal", (Ask(TRIAGE, 2),), note="Better"))
    site.product.do(author, propose, None, Proposal("beta", (Ask(TRIAGE, 2, 10_000),), note="Careful"))
