"""Find the Node clients of the tests, or install them: prints their folder, or nothing and the reason on stderr.

They are the npm packages of tests/edge/node, at the versions of its lock file, installed into .venv. With
`--install` missing ones are fetched by the npm of the system; as root on Debian Node and npm too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests" / "edge" / "node"
FILES = ("package.json", "package-lock.json")
OLDEST = 18
NONE_FOUND = (
    f"no Node {OLDEST} with the clients of OFREP found. Install Node and npm (Debian: apt-get install nodejs npm),"
    " then: python scripts/node.py --install"
)


def folder() -> Path:
    """Return where the packages of this lock file belong."""
    locked = b"".join((SOURCE / name).read_bytes() for name in FILES)
    return ROOT / ".venv" / "node" / hashlib.sha256(locked).hexdigest()[:16]


def find() -> Path | None:
    """Return the folder with `node_modules`, None when there is none or no Node to run it."""
    return folder() if (folder() / "node_modules").is_dir() and _has_node() else None


def is_required(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether missing clients are an error: in CI, or where TESTS_REQUIRE_NODE is 1."""
    return environ.get("CI") == "true" or environ.get("TESTS_REQUIRE_NODE") == "1"


def install() -> str:
    """Fetch the clients; return the reason when that failed, an empty text otherwise."""
    if not _has_node() or not shutil.which("npm"):
        if os.geteuid() or not shutil.which("apt-get"):
            return NONE_FOUND
        _say("Installing the Debian packages nodejs and npm for the tests of clients (about a minute)")
        failed = _run("apt-get", "update", "-qq") or _run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends", "nodejs", "npm"
        )
        if failed or not _has_node():
            return failed or NONE_FOUND
    return _install_packages()


def main(arguments: list[str]) -> int:
    """Print the folder of the clients; 1 when there is none and they are required."""
    reason = install() if "--install" in arguments and find() is None else ""
    found = find()
    if found is not None:
        print(found)
        return 0
    outcome = (
        "and they are required here" if is_required() else "so the tests of Node's clients will be skipped"
    )
    _say(f"{reason or NONE_FOUND}; {outcome}.")
    return int(is_required())


def _install_packages() -> str:
    _say("Fetching the OpenFeature clients of Node (npm ci, a few seconds)")
    # Put in its place whole, so that an interrupted run leaves nothing that looks finished.
    making = folder().with_suffix(f".{os.getpid()}")
    making.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(SOURCE / name, making)
    failed = _run("npm", "ci", "--prefix", str(making), "--ignore-scripts", "--no-audit", "--no-fund")
    if failed or folder().exists():
        shutil.rmtree(making)
    else:
        making.rename(folder())
    return failed


def _has_node() -> bool:
    if not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST


def _run(*command: str) -> str:
    """Run a command; return why it failed, an empty text otherwise."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"{command[0]} {command[1]} failed ({last})" if done.returncode else ""


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
