"""The editor in a real browser: a keystroke in a prompt of 200 KB, and the first page from a cold browser.

Run: python -m benchmarks.editor [--keys 60] [--loads 7]. A keystroke counts from the key's event until the browser has
drawn the frame after it; a page from the start of its navigation until it has painted, and until it is loaded.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.server.bootstrap import load_samples, open_product, prepare_store
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.artifacts.save import NEW, Save, save
from prompts_admin.services.product import Product
from prompts_admin.settings.table import Settings
from scripts import browser as installed
from tests.support.chromium import ARGUMENTS

PM, KEY = "pm@example.com", "support/long"
SIZE = 200_000
AIM_KEY, AIM_PAGE = 50, 500
LINE = "Answer {{ticket}} in plain words, and never promise what nobody decided. {{> shared/house-style}}\n"

_FIELDS = {"Messages": "Text of message 1", "Source": "Source of the file"}
_YARDSTICK = "What did you change, and why?"
_WATCH = """() => { window.took = []; document.addEventListener("keydown", (event) => {
    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - event.timeStamp)));
}, { capture: true }); }"""
_TIMES = """() => { const [page] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return [paint ? paint.startTime : page.domContentLoadedEventEnd, page.loadEventEnd]; }"""


def main() -> None:
    """Print the medians, with the slowest of twenty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--loads", type=int, default=7)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with _site() as address, _browser() as browser:
        path = f"{address}/artifacts/support/fast/edit"
        _say(
            "yardstick: a keystroke in a plain field", _keys(browser, path, _YARDSTICK, options.keys), AIM_KEY
        )
        for name, messages in (("one message", 1), ("40 messages", 40)):
            for tab in ("Messages", "Source"):
                path = f"{address}/artifacts/{KEY}-{messages}/edit"
                _say(f"keystroke, 200 KB in {name}, {tab}", _keys(browser, path, tab, options.keys), AIM_KEY)
        for path in ("/", "/artifacts/support/triage/edit", f"/artifacts/{KEY}-1/edit"):
            painted, loaded = zip(*(_load(browser, address, path) for _ in range(options.loads)), strict=True)
            _say(f"painted, cold browser, {path}", painted, AIM_PAGE)
            _say(f"loaded,  cold browser, {path}", loaded, AIM_PAGE)


def _keys(browser: Any, address: str, tab: str, count: int) -> list[float]:
    with _page(browser, address) as page:
        page.goto(address)
        if tab in _FIELDS:
            page.get_by_role("tab", name=tab).click()
        page.get_by_label(_FIELDS.get(tab, tab), exact=True).click()
        page.wait_for_timeout(1500)
        page.evaluate(_WATCH)
        for key in "the quick brown fox " * (count // 20):
            page.keyboard.press("Space" if key == " " else key)
            page.wait_for_timeout(30)
        page.wait_for_timeout(500)
        took: list[float] = page.evaluate("window.took")
        return took


def _load(browser: Any, address: str, path: str) -> tuple[float, float]:
    """Return when a page was painted and loaded, in ms, by a browser that knows nothing but its session."""
    with _page(browser, address) as page:
        page.context.clear_cookies()
        cookies = _SESSIONS.setdefault(address, [])
        page.context.add_cookies(cookies)
        page.goto(f"{address}{path}", wait_until="load")
        page.wait_for_timeout(200)
        painted, loaded = page.evaluate(_TIMES)
        return float(painted), float(loaded)


_SESSIONS: dict[str, list[Any]] = {}


@contextmanager
def _page(browser: Any, address: str) -> Iterator[Any]:
    root = "/".join(address.split("/")[:3])
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        if not _SESSIONS.get(root):
            page.goto(f"{root}/sign-in")
            page.locator(f"main button[value='{PM}']").click()
            _SESSIONS[root] = context.cookies()
        context.add_cookies(_SESSIONS[root])
        yield page
    finally:
        context.close()


@contextmanager
def _site() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pa-bench-") as folder:
        settings = Settings(data=Path(folder))
        prepare_store(settings)
        with closing(open_product(settings)) as product:
            load_samples(product, demo=True)
            for messages in (1, 40):
                _save_long(product, messages)
            server = make_server("127.0.0.1", 0, create_app(product), threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


def _save_long(product: Product, messages: int) -> None:
    text = LINE * (SIZE // len(LINE) // messages)
    content = {
        "kind": "prompt",
        "variables": {"ticket": {"type": "string", "required": True, "example": "Late"}},
        "messages": [{"role": "user", "content": text} for _ in range(messages)],
    }
    request = Save(f"{KEY}-{messages}", content=content, base=NEW, message="Long")
    product.do(LocalPerson(PM, "web"), save, None, request)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = installed.find()
    if found is None:
        raise SystemExit(installed.NONE_FOUND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=list(ARGUMENTS))
        yield browser
        browser.close()


def _say(what: str, took: Any, aim: int) -> None:
    ordered = sorted(took)
    slow = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"{what}: median {statistics.median(ordered):.0f} ms, 95 % {slow:.0f} ms (aim: under {aim} ms)")


if __name__ == "__main__":
    main()
