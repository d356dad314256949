"""A page of another origin asks by OFREP and follows the stream, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.chromium import comes_true
from tests.support.edges import serving
from tests.support.ofrep import FLAGS, switch_off
from tests.support.world import opened_world

pytestmark = pytest.mark.browser
ASK = """async ([url, token]) => {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ context: { targetingKey: 'u-1' } });
  window.ask = async () => {
    const answer = await fetch(url, { method: 'POST', headers, body });
    return { tag: answer.headers.get('ETag'), ...(await answer.json()) };
  };
  const first = await window.ask();
  window.told = new Promise((resolve, reject) => {
    const source = new EventSource(first.eventStreams[0].url);
    source.onmessage = (event) => resolve(JSON.parse(event.data));
    source.onerror = () => source.readyState === 2 && reject(new Error('closed'));
    source.onopen = () => (window.opened = true);
  });
  return first;
}"""


@pytest.fixture
def origin() -> Iterator[str]:
    """The origin of somebody's own application: another port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _App) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>App</title>")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def test_a_page_of_a_named_origin_asks_and_hears_of_changes(
    chromium: Any, world_template: Any, tmp_path: Path, origin: str
) -> None:
    """Preflight, answer with its ETag, and a stream by the ticket alone; what is told can be read."""
    with (
        opened_world(world_template, tmp_path / "w", ofrep_origins=(origin,)) as api,
        serving(api) as served,
        chromium.new_context() as context,
    ):
        page = context.new_page()
        page.goto(origin)
        first = page.evaluate(ASK, [served.url + FLAGS, api.secrets["serve"]])
        assert first["tag"]
        comes_true(page, "window.opened")
        revision = switch_off(served, "support/reply")
        assert "refetchEvaluation" == page.evaluate("window.told")["type"]
        assert revision == page.evaluate("window.ask()")["metadata"]["revision"]
