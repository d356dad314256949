"""The make targets: what they say when something is missing, and that a second run has nothing to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.sources import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "id", "rm")
# Stands for .venv/bin/python: new enough, and it writes down what pip is asked for.
FAKE_PYTHON = """#!/bin/sh
case "$*" in
  *--version*) echo "Python 3.99.0";;
  *"pip install"*) echo "$*" >>calls.txt;;
esac
exit 0
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the set-up script, pyproject.toml, and a PATH without Python and apt."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def test_without_python_the_message_says_what_to_install(checkout: Path) -> None:
    """Who has no Python reads one line for their system, not a trace of shell."""
    done = _set_up(checkout)
    assert 1 == done.returncode
    assert "needs Python 3.11 or newer, and found none" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_an_old_python_is_as_good_as_none(checkout: Path) -> None:
    """Python 3.10 on the PATH is not taken."""
    _program(checkout / "bin" / "python3", "#!/bin/sh\nexit 1\n")
    assert "found none" in _set_up(checkout).stderr


def test_python_without_venv_is_named_with_the_package_to_install(checkout: Path) -> None:
    """Debian splits venv off; the message names its package."""
    _program(checkout / "bin" / "python3", '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n')
    done = _set_up(checkout)
    assert 1 == done.returncode
    assert "apt-get install python3-venv" in done.stderr


def test_a_second_run_installs_nothing(checkout: Path) -> None:
    """The stamp in .venv tells that pyproject.toml was installed as it stands."""
    _fake_venv(checkout)
    assert [0, 0] == [_set_up(checkout, "dev").returncode, _set_up(checkout, "dev").returncode]
    assert 1 == len(_pip_calls(checkout))


def test_what_the_tests_need_covers_the_server(checkout: Path) -> None:
    """`make up` after `make test` starts at once."""
    _fake_venv(checkout)
    _set_up(checkout, "dev")
    assert "is installed" in _set_up(checkout, "server").stderr
    assert 1 == len(_pip_calls(checkout))


def test_a_changed_pyproject_is_installed_anew(checkout: Path) -> None:
    """A new dependency arrives with the next make."""
    _fake_venv(checkout)
    _set_up(checkout)
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    _set_up(checkout)
    assert 2 == len(_pip_calls(checkout))


def test_a_failed_installation_says_what_to_do_and_is_tried_again(checkout: Path) -> None:
    """Without a network the message names the ways out, and no stamp claims success."""
    _fake_venv(checkout)
    failing = FAKE_PYTHON.replace("calls.txt;;", "calls.txt; exit 1;;")
    _program(checkout / ".venv" / "bin" / "python", failing)
    done = _set_up(checkout)
    assert 1 == done.returncode
    assert "Without a network" in done.stderr
    assert "HTTPS_PROXY" in done.stderr
    assert [] == list((checkout / ".venv").glob(".installed*"))


def test_make_help_lists_every_target() -> None:
    """Whoever types `make` finds all there is."""
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    assert targets == re.findall(r"make ([a-z]+) ", listed)


def test_ci_runs_make_test() -> None:
    """What decides is what everybody runs, and a browser and Node are required there."""
    script = ROOT / ".ci" / "run"
    text = script.read_text("utf-8")
    assert os.access(script, os.X_OK)
    assert "make test" in text
    assert "TESTS_REQUIRE_BROWSER=1 TESTS_REQUIRE_NODE=1" in text


def _set_up(checkout: Path, extra: str = "server") -> subprocess.CompletedProcess[str]:
    script = str(checkout / "scripts" / "setup.sh")
    return subprocess.run(
        [script, extra], env={"PATH": str(checkout / "bin")}, capture_output=True, text=True, check=False
    )


def _fake_venv(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "pip"):
        _program(checkout / ".venv" / "bin" / name, FAKE_PYTHON)


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _pip_calls(checkout: Path) -> list[str]:
    return (checkout / "calls.txt").read_text("utf-8").splitlines()
