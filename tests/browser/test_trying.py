"""The answer of a model in the editor: both sides as they come, cancelled, refused; with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.axe import overflows, violations
from tests.support.chromium import Site
from tests.support.model_server import KEY, ModelServer, model_server

pytestmark = pytest.mark.browser

PM = "pm@example.com"
EDIT = "/artifacts/support/triage/edit"
FAST = "support/fast"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture
def models(site: Site) -> Iterator[ModelServer]:
    """An endpoint that the site tries prompts with."""
    with model_server() as found:
        product = site.product
        product.settings = replace(product.settings, try_url=found.url, try_key=KEY)
        product.endpoint = type(product.endpoint)(product.settings)
        yield found


@BOTH
def test_the_model_answers_to_both_sides(site: Site, models: ModelServer, script: bool) -> None:
    """What is live beside what was typed, with tokens and time; what was typed is still there."""
    page = _editor(site, "good", script=script)
    _type(page, "# more")
    page.get_by_role("button", name="Try it with the model").click()
    expect(page.get_by_text("11 tokens in, 4 out")).to_have_count(2)
    expect(page.locator(".answered", has_text="Routed ä.")).to_have_count(2)
    if not script:
        page.get_by_role("button", name="Go on writing").click()
    assert "# more" in page.locator("#text").input_value()
    assert KEY not in page.content()


def test_a_try_is_cancelled_and_a_refusal_is_told(site: Site, models: ModelServer) -> None:
    """What came until then stays; the endpoint is not asked any longer."""
    page = _editor(site, "endless")
    page.get_by_role("button", name="Try it with the model").click()
    expect(page.get_by_text("and on and on").first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.").first).to_be_visible()
    assert models.hung_up.wait(10)
    models.behaves = "429"
    page.get_by_role("button", name="Try it with the model").click()
    expect(page.get_by_text("asked too much just now").first).to_be_visible()


@BOTH
def test_an_answer_is_kept_as_it_came(site: Site, models: ModelServer, script: bool) -> None:
    """With its proof, which the page carries; only what a model answered is taken."""
    page = _editor(site, "good", script=script)
    page.get_by_role("button", name="Try it with the model").click()
    page.get_by_role("button", name="Keep as an example of v").first.click()
    expect(page.get_by_text("Kept as an example.").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_answers_are_accessible_and_fit(site: Site, models: ModelServer, scheme: str) -> None:
    """On a phone too."""
    page = _editor(site, "good", width=390, scheme=scheme)
    page.get_by_role("button", name="Try it with the model").click()
    expect(page.locator(".answered", has_text="Routed ä.")).to_have_count(2)
    assert [] == violations(page)
    assert not overflows(page)


def _editor(site: Site, model: str, **how: Any) -> Any:
    """Open the editor on a prompt whose newest model is called so, on every side."""
    site.save(FAST, by=PM, name=model)
    page = site.as_person(PM, **how)
    page.goto(f"{EDIT}?use={FAST}")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved as v2.")).to_be_visible()
    page.goto(EDIT)
    return page


def _type(page: Any, line: str) -> None:
    page.locator("#text").fill(f"{page.locator('#text').input_value()}{line}\n")
