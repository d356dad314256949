"""The pages about releases, settings, people and tokens for everybody: axe finds nothing, nothing overflows."""

from __future__ import annotations

import pytest

from prompts_admin.domain.identity import LocalPerson
from prompts_admin.services.proposals import Ask, Proposal
from prompts_admin.services.releases import propose
from prompts_admin.services.settings_changes import propose_settings
from tests.support.axe import overflows, violations
from tests.support.chromium import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.slow]

PM, ADMIN = "pm@example.com", "admin@example.com"
TRIAGE = "support/triage"
PATHS = (
    "/releases", "/releases/1", "/releases/3", "/releases/new", f"/releases/new?stage=full&key={TRIAGE}@2",
    f"/releases/new?stage=beta&key={TRIAGE}@2", "/waiting", "/features", "/features/support",
    "/features/support/edit", "/features/support/settings", "/audiences", "/audiences/edit", "/settings",
    "/settings/1", "/restore?feature=support&at=2026-01-01T00:00", f"/explain?key={TRIAGE}&user=u-1",
    "/audit", "/audit/verify", "/people", "/people/new", "/people/pm@example.com", "/tokens",
)  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375), ("light", 360)])
def test_every_page_is_accessible_and_fits(site: Site, scheme: str, width: int) -> None:
    """WCAG 2.2 AA by axe, on a wide screen by day and on a phone by night; no page scrolls sideways."""
    _fill(site)
    page = site.as_person(ADMIN, width=width, scheme=scheme)
    for path in PATHS:
        page.goto(path)
        assert not overflows(page), path
        if width != 360:
            assert [] == violations(page), path


def _fill(site: Site) -> None:
    author, releaser = LocalPerson(PM, "web"), LocalPerson("ml@example.com", "web")
    site.save(TRIAGE, by=PM, description="Route a ticket to the right queue")
    product = site.product
    product.do(author, propose, None, Proposal("internal", (Ask(TRIAGE, 2),), note="Better"))
    product.do(author, propose, None, Proposal("beta", (Ask(TRIAGE, 2, 10_000),), note="Careful"))
    document = {"policy": {"full": {"sign_off": {"legal": 2}, "wait_hours": 24}}}
    product.do(releaser, propose_settings, None, scope="support", document=document, note="Slower")
