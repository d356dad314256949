"""A real browser on a real server over a demo store, for tests of whole walks.

`site.as_person("pm@example.com")` is a page on which that person is signed in; `script=False` turns
JavaScript off, `width` is that of the window.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from prompts_admin.domain.people.identity import NOBODY, LocalPerson
from prompts_admin.http.cookies import PLAIN
from prompts_admin.server.bootstrap import load_samples, open_product, prepare_store
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.people.sessions import Login, open_demo_session
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.releases.signoffs import sign
from prompts_admin.settings.table import Settings
from scripts import browser as installed
from tests.support.cast import CHEAP

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
COOKIE = {"httpOnly": True, "sameSite": "Lax"}
PATIENCE = 20_000
"""Milliseconds for a page; the machine may be busy."""


@dataclass
class Site:
    """A running server with the people of the demo, and the browser that visits it.

    What browsers complain about, broken content policies among it, is kept in `complaints` and fails the test
    at its end.
    """

    product: Product
    address: str
    browser: Any
    contexts: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def visitor(self, **more: Any) -> Any:
        """Return a page of a browser of its own on which nobody is signed in."""
        context = self.browser.new_context(base_url=self.address, **more)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def as_person(self, email: str, *, script: bool = True, width: int = 1280, scheme: str = "light") -> Any:
        """Return a page, empty yet, of a browser of its own on which somebody of the demo is signed in."""
        size = {"width": width, "height": 800}
        page = self.visitor(viewport=size, java_script_enabled=script, color_scheme=scheme)
        opened = self.product.do(NOBODY, open_demo_session, None, email, Login(label="a browser"))
        page.context.add_cookies([{"name": PLAIN, "value": opened["session"], "url": self.address, **COOKIE}])
        return page

    def through_the_door(self, email: str) -> Any:
        """Return the page on which somebody has landed who signed in by a click."""
        page = self.visitor(viewport={"width": 1280, "height": 800})
        page.goto("/sign-in")
        with page.expect_event("load"):
            page.locator(f"main button[value='{email}']").first.click()
        return page

    def _hear(self, message: Any) -> None:
        """Note a complaint; that a page came with an error's status is none."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def save(self, key: str, *, by: str, **changes: Any) -> int:
        """Save a version with other fields than the newest one had."""
        who = LocalPerson(by, "web")
        content = self.product.look(who, show_version, key, 1)["content"]
        made = self.product.do(who, save, None, Save(key, content=content | changes, base=1))
        return int(made["number"])

    def propose(self, key: str, *, by: str, to: str = "beta") -> int:
        """Save a version, make it live for internal, and propose it to a wider stage; return that release."""
        who = LocalPerson(by, "web")
        version = self.save(key, by=by, description="Warmer")
        self.product.do(who, propose, None, Proposal("internal", (Ask(key, version),)))
        asked = self.product.do(who, propose, None, Proposal(to, (Ask(key, version),), note="Warmer"))
        return int(asked["number"])

    def approve(self, number: int, *, by: str) -> None:
        """Sign a release."""
        self.product.do(LocalPerson(by, "web"), sign, None, number, verdict="approve")

    def live(self, stage: str, key: str) -> int | None:
        """Return the version that a stage has settled."""
        found = self.product.look(LocalPerson("admin@example.com", "web"), show_artifact, key)
        cell = found["stages"][stage]
        return cell and cell["settled"]


def comes_true(page: Any, expression: str) -> None:
    """Wait until an expression is true in the page.

    It is asked for from outside each time. Playwright's own wait has the page look again by itself, which a strict
    content security policy refuses: such a wait ends well only if its first look does.
    """
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, f"never true in the page: {expression}"
        page.wait_for_timeout(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser of this test process."""
    found = installed.find()
    if found is None:
        if installed.is_required():
            pytest.fail(installed.NONE_FOUND)
        pytest.skip(installed.NONE_FOUND)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo store with the samples, to copy."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(data=folder)
    prepare_store(settings)
    with closing(open_product(settings)) as product:
        load_samples(product, demo=True)
    return folder


@pytest.fixture
def site(chromium: Any, demo_template: Path, tmp_path: Path) -> Iterator[Site]:
    """A server of the test's own."""
    shutil.copytree(demo_template, tmp_path / "demo")
    with closing(open_product(Settings(data=tmp_path / "demo"))) as product:
        app = create_app(product, entrance=Entrance.to(product, CHEAP))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        found = Site(product, f"http://127.0.0.1:{server.server_port}", chromium)
        yield found
        _stop(found, server, thread)
        assert [] == found.complaints


def _stop(site: Site, server: BaseWSGIServer, thread: threading.Thread) -> None:
    for context in site.contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()
