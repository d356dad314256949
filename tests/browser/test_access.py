"""Every page for everybody: axe finds nothing by day, by night and in high contrast; nothing moves sideways.

Not on a phone of 360 px, and not at 200 % on a screen of 1280 px (WCAG 1.4.4, 1.4.10).
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from tests.support.axe import overflows, violations
from tests.support.chromium import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PM, ADMIN = "pm@example.com", "admin@example.com"
TRIAGE, FAST = "support/triage", "support/fast"
PAGE = f"/artifacts/{TRIAGE}"
PATHS = {
    "finding": (
        "/", "/?q=nothing-fits", "/?archived=yes", "/search", "/search?q=tickets", "/drafts", "/waiting", "/nothing",
        "/account", "/help", "/help/guide", "/help/reference-commands", "/tour",
    ),
    "artifacts": (
        PAGE, f"/artifacts/{FAST}", f"{PAGE}?did=release.2", f"{PAGE}?did=saved.2", f"{PAGE}/versions",
        f"{PAGE}/history", f"{PAGE}/timeline", f"{PAGE}/versions/1", f"/artifacts/{FAST}/versions/2",
    ),
    "writing": (
        f"{PAGE}/edit", f"{PAGE}/edit?from=1", f"/artifacts/{FAST}/edit", "/new", "/new?kind=model",
        f"{PAGE}/compare", f"{PAGE}/compare?from=9&to=1", f"{PAGE}/compare?from=1&to=2&view=sides",
    ),
    "releases": (
        "/releases", "/releases/1", "/releases/3", "/releases/3?view=sides", "/releases/new",
        f"/releases/new?stage=full&key={TRIAGE}@2", f"/releases/new?stage=beta&key={TRIAGE}@2", "/readers",
        "/restore?feature=support&at=2026-01-01T00:00", f"/explain?key={TRIAGE}&user=u-1",
    ),
    "features": (
        "/features", "/features/support", "/features/support/edit", "/features/support/settings",
        "/features/support/timeline", "/features/support/compare?from=full&to=internal", "/audiences",
        "/audiences/edit", "/settings", "/settings/1",
    ),
    "keeping": (
        "/audit", "/audit/verify", "/people", "/people/new", "/people/pm@example.com", "/tokens",
    ),
}  # fmt: skip
SOME = [paths[at : at + 5] for paths in PATHS.values() for at in range(0, len(paths), 5)]
"""A few pages for each test, so that none takes long."""
ELSEWHERE = {"/", "/sign-in", "/links/*", "/setup/*", "/static/*/*", "/healthz", "/readyz", "/metrics"}
"""No pages, or the door, which has tests of its own; the overview is walked as `/`."""
DATA = {"/editing/known", "/palette", "/readers/line", "/artifacts/*/*/versions/*/file"}
"""Answered with data, for the scripts of pages."""


@pytest.mark.parametrize("paths", SOME, ids=lambda paths: paths[0])
def test_every_page_is_accessible_and_fits(site: Site, paths: tuple[str, ...]) -> None:
    """WCAG 2.2 AA by axe in light, dark and high contrast; the same page narrow and enlarged."""
    _fill(site)
    page = site.as_person(ADMIN)
    # Colours change at once, not within a moment.
    page.emulate_media(reduced_motion="reduce")
    for path in paths:
        page.goto(path)
        _unfold(page)
        for media in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}):
            page.emulate_media(**media)
            assert [] == violations(page), (path, media)
        page.emulate_media(color_scheme="light", forced_colors="none")
        for width in (640, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert not overflows(page), (path, width)
        page.set_viewport_size({"width": 1280, "height": 800})


def test_every_page_is_walked(site: Site) -> None:
    """A new page without a place in the lists above fails here."""
    rules = {
        re.sub(r"<[^>]*>", "*", rule.rule)
        for rule in create_app(site.product).url_map.iter_rules()
        if _is_page(rule)
    }
    walked = {path.partition("?")[0] for paths in PATHS.values() for path in paths}
    missing = {rule for rule in rules if not any(_fits(rule, path) for path in walked)}
    assert set() == missing - ELSEWHERE - DATA


def _is_page(rule: Any) -> bool:
    return "GET" in rule.methods and not rule.rule.startswith("/api/")


def _fits(rule: str, path: str) -> bool:
    return re.fullmatch("[^/]+".join(map(re.escape, rule.split("*"))), path) is not None


def _unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(folded => { folded.open = true })")


def _fill(site: Site) -> None:
    author, releaser = LocalPerson(PM, "web"), LocalPerson("ml@example.com", "web")
    site.save(TRIAGE, by=PM, description="Route a ticket to the right queue\u200b")
    site.save(FAST, by=PM, params={"temperature": 0.7})
    product = site.product
    product.do(author, propose, None, Proposal("internal", (Ask(TRIAGE, 2),), note="Better"))
    product.do(author, propose, None, Proposal("beta", (Ask(TRIAGE, 2, 10_000),), note="Careful"))
    document = {"policy": {"full": {"sign_off": {"legal": 2}, "wait_hours": 24}}}
    product.do(releaser, propose_settings, None, scope="support", document=document, note="Slower")
