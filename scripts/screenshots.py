"""Take pictures of every page, by day, by night and on a phone: python -m scripts.screenshots [FOLDER]

A demo server of its own is started on a free port over a temporary folder, a little story is told through the
command line (an edit, releases, a sign-off), and a system Chromium visits the pages. With `--readme` the pictures
that the README and the guide show are renewed in docs/.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from scripts.browser import NONE_FOUND, find

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (
    sys.executable,
    "-c",
    "import sys; from prompts_cli.entry import main; sys.argv[0] = 'prompts-admin'; sys.exit(main())",
)
TRIAGE = "/artifacts/support/triage"
PAGES = {
    "overview": "/",
    "artifact": TRIAGE,
    "timeline": f"{TRIAGE}/timeline",
    "edit": f"{TRIAGE}/edit",
    "compare": f"{TRIAGE}/compare?from=1&to=2&view=sides",
    "version": f"{TRIAGE}/versions/2",
    "new": "/new",
    "search": "/search?q=ticket",
    "drafts": "/drafts",
    "releases": "/releases",
    "release": "/releases/4",
    "release-live": "/releases/3",
    "propose": "/releases/new?stage=internal&key=support/reply",
    "waiting": "/waiting",
    "features": "/features",
    "feature": "/features/support",
    "stages": "/features/support/compare?from=full&to=internal",
    "feature-timeline": "/features/support/timeline",
    "policy": "/features/support/settings",
    "audiences": "/audiences",
    "explain": "/explain?key=support/triage&user=u-17",
    "restore": "/restore?feature=support",
    "readers": "/readers",
    "audit": "/audit",
    "people": "/people",
    "tokens": "/tokens",
    "account": "/account",
    "help": "/help",
    "guide": "/help/guide",
    "tour": "/tour",
}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
SHOWN = {
    "picture.png": ("artifact", "light"),
    "picture-edit.png": ("edit", "light"),
    "picture-release.png": ("release", "light"),
}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync")  # fmt: skip
START_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """Take the pictures; 1 when no browser can be found."""
    browser = find()
    if browser is None:
        print(NONE_FOUND, file=sys.stderr)
        return 1
    named = [argument for argument in arguments if not argument.startswith("--")]
    folder = Path(named[0]) if named else ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, _server(Path(data)) as address:
        _story(Path(data))
        _take(browser, address, folder)
    if "--readme" in arguments:
        for name, (page, look) in SHOWN.items():
            shutil.copy(folder / f"{page}-{look}-top.png", ROOT / "docs" / name)
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder}")
    return 0


@contextmanager
def _server(data: Path) -> Iterator[str]:
    port = _free_port()
    started = subprocess.Popen(
        [*PROGRAM, "--data", str(data), "up", "--demo", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    try:
        yield _awaited(f"http://127.0.0.1:{port}")
    finally:
        started.terminate()
        started.wait(20)


def _awaited(address: str) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{address}/readyz", timeout=2):  # noqa: S310
                return address
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The server did not start within {START_SECONDS:g} s.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _story(data: Path) -> None:
    """A version saved, live for internal, ten percent of beta, asked for full; another change only saved."""
    edited = data / "edited" / "support"
    edited.mkdir(parents=True)
    text = (ROOT / "prompts" / "support" / "triage.yaml").read_text("utf-8")
    text = text.replace("You sort support tickets", "You sort the tickets of customers")
    (edited / "triage.yaml").write_text(text.replace("you do not answer it", "you never answer it"), "utf-8")
    reply = (ROOT / "prompts" / "support" / "reply.yaml").read_text("utf-8")
    (edited / "reply.yaml").write_text(f"{reply.rstrip()}\n", "utf-8")
    _tell(data, "pm", "save", str(edited.parent), "--message", "Plainer words for the queue")
    _tell(data, "pm", "promote", "support/triage", "--to", "internal", "--note", "Try it ourselves first")
    beta, full = (
        "promote support/triage --to beta --note",
        "promote support/triage --to full --percent 10 --note",
    )
    _tell(data, "pm", *beta.split(), "Plainer words; fewer replies by mistake")
    _tell(data, "ml", "approve", "3", "--note", "Same routes on the test set")
    _tell(data, "pm", *full.split(), "Ten percent for a day, then all")
    _tell(data, "legal", "approve", "4", "--note", "No new promises in it")


def _tell(data: Path, who: str, *words: str) -> None:
    command = [*PROGRAM, "--data", str(data), "--as", f"{who}@example.com", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=dict(os.environ)
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:2])}: {done.stderr.strip()}")


def _take(browser: Path, address: str, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(browser), args=list(ARGUMENTS))
        for look, options in LOOKS.items():
            page = chromium.new_context(base_url=address, reduced_motion="reduce", **options).new_page()
            page.goto("/sign-in")
            page.screenshot(path=folder / f"sign-in-{look}.png", full_page=True)
            page.locator("main button[value='admin@example.com']").click()
            for name, path in PAGES.items():
                page.goto(path, wait_until="networkidle")
                page.screenshot(path=folder / f"{name}-{look}-top.png")
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        chromium.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
