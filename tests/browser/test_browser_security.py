"""What the catalogue asks of sessions, other sites and headers, tried by a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.support.chromium import Site

pytestmark = pytest.mark.browser

PM, ADMIN = "pm@example.com", "admin@example.com"
FAST = "support/fast"
FORM = """<!doctype html><title>Prize</title><form method=post action="{address}{path}">
<input name=version value=1><input name=csrf_token value=guess></form><script>document.forms[0].submit()</script>"""
SEND = """async ([address, mode]) => {
  try {
    const body = JSON.stringify({keys: ['support/fast@1']});
    return (await fetch(address, {method: 'POST', mode, credentials: 'include', body})).type;
  } catch (error) { return 'blocked'; } }"""
READ = """async (address) => {
  try { await fetch(address, {credentials: 'include'}); return 'read'; } catch { return 'blocked'; } }"""


@dataclass(frozen=True)
class Neighbour:
    """A server of somebody else, which shows one page."""

    server: Any

    def showing(self, page: str, host: str) -> str:
        """Return the address at which it shows `page` from now on."""
        self.server.page = page
        return f"http://{host}:{self.server.server_port}/"


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    """Another server on this machine: `localhost` is another site than 127.0.0.1, another port another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.server.page.encode()  # type: ignore[attr-defined]
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Neighbour(server)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_S01_another_site_cannot_send_our_forms(site: Site, neighbour: Neighbour, host: str) -> None:
    """A form that a foreign page sends is refused, whether the browser counts it as another site or not."""
    page = site.through_the_door(ADMIN)
    form = FORM.format(address=site.address, path=f"/artifacts/{FAST}/roll-back")
    # It sends the form before the page is loaded.
    page.goto(neighbour.showing(form, host), wait_until="commit")
    page.wait_for_url(f"{site.address}/**")
    assert not page.get_by_text("Rolled back").count()
    assert 404 == page.goto(f"{site.address}/releases/2").status


def test_S02_following_links_changes_nothing(site: Site) -> None:
    """Every link of the first page is opened, as a crawler or a preloading browser would."""
    page = site.through_the_door(ADMIN)
    before = _audited(page)
    for address in {a.get_attribute("href") for a in page.locator("main a, nav a").all()}:
        page.request.get(address)
    assert before == _audited(page)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_S03_S41_another_site_neither_writes_nor_reads(site: Site, neighbour: Neighbour, host: str) -> None:
    """A simple request of a foreign page is refused, and the browser hands no answer over."""
    page = site.through_the_door(ADMIN)
    page.goto(neighbour.showing("<!doctype html><title>x</title>", host))
    rollback = f"{site.address}/api/v1/rollbacks"
    # The browser keeps the answer to itself, or drops it for its resource policy: the same to a foreign page.
    page.evaluate(SEND, [rollback, "no-cors"])
    assert "blocked" == page.evaluate(SEND, [rollback, "cors"])
    assert "blocked" == page.evaluate(READ, f"{site.address}/api/v1/status")
    assert 404 == page.goto(f"{site.address}/releases/2").status
    site.complaints[:] = [text for text in site.complaints if "CORS" not in text]


def test_S04_S05_signing_in_makes_a_new_session_nobody_can_guess(site: Site) -> None:
    """Each time another secret of 128 bits or more; what was there before is dead."""
    seen = set()
    page = site.through_the_door(PM)
    for _ in range(5):
        secret = _session(page)["value"]
        assert len(secret) >= 22 and secret not in seen
        seen.add(secret)
        old = _holding(site, secret)
        page.get_by_text("Be somebody else").click()
        with page.expect_event("load"):
            page.get_by_role("button", name="Paula Marsh").first.click()
        old.goto("/waiting")
        assert "/sign-in" in old.url


def test_S06_a_saved_cookie_is_dead_after_signing_out(site: Site) -> None:
    """Signing out ends the session on the server, and the page before is not shown again by Back (S46)."""
    page = site.through_the_door(PM)
    page.goto(f"/artifacts/{FAST}")
    name, secret = _session(page)["name"], _session(page)["value"]
    page.locator(".person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    thief = site.visitor()
    thief.context.add_cookies([{"name": name, "value": secret, "url": site.address}])
    thief.goto("/waiting")
    assert "/sign-in" in thief.url
    page.go_back()
    page.wait_for_load_state()
    assert "/sign-in" in page.url or not page.get_by_role("heading", name=FAST).count()


def test_S07_other_sessions_are_listed_and_ended(site: Site) -> None:
    """The account page shows them; one click ends all but this one."""
    here, there = site.through_the_door(PM), site.through_the_door(PM)
    here.goto("/account")
    assert here.get_by_text("this one").count() == 1
    with here.expect_event("load"):
        here.get_by_role("button", name="End all others").click()
    there.goto("/waiting")
    assert "/sign-in" in there.url
    here.goto("/waiting")
    assert here.url.endswith("/waiting")


def test_S08_a_session_ends_by_idleness_and_by_age(site: Site) -> None:
    """After the idle hours the door is shown; a clock that was set back does not lengthen anything."""
    store, settings = site.product.store, site.product.settings
    clock = store.clock
    page = site.through_the_door(PM)
    store.clock = lambda: clock() - timedelta(hours=3)
    page.goto("/waiting")
    store.clock = lambda: clock() + settings.session_idle + timedelta(minutes=1)
    page.goto("/waiting")
    assert "/sign-in" in page.url
    store.clock = clock


def test_S09_the_cookie_is_for_the_server_alone(site: Site) -> None:
    """No script reads it, no other site sends it, no path or domain widens it."""
    page = site.through_the_door(PM)
    cookie = _session(page)
    assert (True, "Lax", "/", "127.0.0.1") == (
        cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["domain"],
    )  # fmt: skip
    assert "" == page.evaluate("document.cookie")


def test_S39_the_policy_holds_against_what_gets_into_a_page(site: Site, neighbour: Neighbour) -> None:
    """Even a script that were put into a page could not run, nor a style, nor a frame of ours elsewhere."""
    page = site.through_the_door(PM)
    with _refused(page, "inline script"), _refused(page, "inline event handler"):
        page.evaluate(
            """() => { const one = document.createElement('script'); one.textContent = "document.title='pwned'";
            document.head.append(one);
            const two = document.createElement('div'); two.innerHTML = '<img src=x onerror="document.title=1">';
            document.body.append(two); }"""
        )
    assert "Overview" in page.title()
    framing = f'<!doctype html><iframe src="{site.address}/waiting"></iframe>'
    with _refused(page, "frame-ancestors"):
        page.goto(neighbour.showing(framing, "localhost"))
    assert not [frame for frame in page.frames if frame.url.startswith(site.address)]
    site.complaints.clear()


def test_S40_S46_every_answer_carries_its_headers(site: Site) -> None:
    """Pages, refusals, what is not there, redirects and files: the same protection; private pages are not kept."""
    page = site.through_the_door(PM)
    for path, private in (
        ("/", True), ("/nothing", True), (f"/artifacts/{FAST}", True), ("/sign-in", True), ("/people", True),
        (page.locator("link[rel=stylesheet]").first.get_attribute("href"), False),
    ):  # fmt: skip
        headers = page.request.get(path, max_redirects=0).headers
        assert "nosniff" == headers["x-content-type-options"], path
        assert "same-origin" == headers["referrer-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "unsafe-inline" not in headers["content-security-policy"], path
        assert private == ("no-store" in headers["cache-control"]), path


@pytest.mark.parametrize(
    "back", ["//evil.example.com/", "/\\evil.example.com", "https:evil.example.com", "/%0d%0aX:1"]
)
def test_S42_signing_in_never_leads_to_another_site(site: Site, back: str) -> None:
    """Whatever the address asks for, the first page after the door is ours."""
    page = site.visitor()
    page.goto(f"/sign-in?next={back}")
    with page.expect_event("load"):
        page.locator(f"main button[value='{PM}']").click()
    assert page.url.startswith(f"{site.address}/")


def test_S43_the_text_of_people_is_never_a_page(site: Site) -> None:
    """A file is downloaded as plain text, whatever it holds."""
    site.save(FAST, by=PM, description="<script>document.title='pwned'</script>")
    page = site.through_the_door(PM)
    page.goto(f"/artifacts/{FAST}/versions/2")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the file").click()
    assert started.value.suggested_filename.endswith(".yaml")
    headers = page.request.get(f"/artifacts/{FAST}/versions/2/file").headers
    assert headers["content-type"].startswith("text/plain") and "attachment" in headers["content-disposition"]


def _refused(page: Any, what: str) -> Any:
    """Wait, at the end of a `with`, until the browser has told that the content policy refused this."""
    return page.expect_console_message(
        lambda told: what in told.text and "Content Security Policy" in told.text
    )


def _session(page: Any) -> dict[str, Any]:
    found = page.context.cookies()
    assert 1 == len(found)
    return dict(found[0])


def _holding(site: Site, secret: str) -> Any:
    """Return the page of somebody who got hold of a cookie."""
    name = next(c["name"] for context in site.contexts for c in context.cookies() if c["value"] == secret)
    page = site.visitor()
    page.context.add_cookies([{"name": name, "value": secret, "url": site.address}])
    return page


def _audited(page: Any) -> str:
    try:
        return str(page.request.get("/api/v1/audit?limit=1").text())
    except Error as error:
        raise AssertionError(str(error)) from error
