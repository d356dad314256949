"""The editor's own code, run in Node: what it makes of texts and files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts import frontend, node

FOLDER = Path(__file__).parents[1] / "frontend"


def run(script: str, sent: Any) -> Any:
    """Run one of the scripts of tests/frontend and return what it prints; skips where there is no Node."""
    return _answer(_node(), FOLDER / script, sent)


def run_with_packages(script: str, sent: Any) -> Any:
    """Run a script that needs the npm packages of the editor, which a build of the bundle leaves behind."""
    if not (frontend.WORK / "node_modules" / "yaml").is_dir():
        missing("the editor's packages were not fetched: python scripts/frontend.py")
    shutil.copy(FOLDER / script, frontend.WORK / script)
    return _answer(_node(), frontend.WORK / script, sent)


def missing(reason: str) -> None:
    """Skip the test, or fail it where Node is required."""
    if node.is_required():
        pytest.fail(reason)
    pytest.skip(reason)


def _node() -> str:
    found = frontend.find_node()
    if not found:
        missing(f"there is no Node {frontend.OLDEST} to run the editor's code")
    return found[0]


def _answer(program: str, script: Path, sent: Any) -> Any:
    done = subprocess.run(
        [program, str(script)], input=json.dumps(sent), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
