"""The `prompts-admin` script without its libraries: a line that says what to install, no traceback."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from prompts_cli import entry
from tests.packaging.sources import ROOT

IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "gitpython": "git",
    "markdown-it-py": "markdown_it",
    "ruamel.yaml": "ruamel",
}


@pytest.mark.parametrize(
    ("module", "extra"),
    [("click", "cli"), ("rich.table", "cli"), ("flask", "server"), ("ruamel.yaml", "server")],
)
def test_a_missing_library_is_answered_with_the_install_line(
    module: str, extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first failure teaches: the message names the extra and is all there is."""
    monkeypatch.setattr(entry, "import_module", _failing(ModuleNotFoundError(name=module)))
    assert 1 == entry.main()
    printed = capsys.readouterr()
    assert "" == printed.out
    assert f"pip install 'prompts-admin[{extra}]'" in printed.err


def test_a_fault_of_our_own_is_not_taken_for_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the product that is missing is a fault to be seen."""
    monkeypatch.setattr(entry, "import_module", _failing(ModuleNotFoundError(name="prompts_cli.nowhere")))
    with pytest.raises(ModuleNotFoundError):
        entry.main()


@pytest.mark.parametrize(("code", "expected"), [(None, 0), (0, 0), (4, 4)])
def test_the_exit_code_is_the_commands(
    code: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command answered is what the shell sees."""
    monkeypatch.setattr(entry, "import_module", lambda name: SimpleNamespace(main=lambda: code))
    assert expected == entry.main()


def test_every_requirement_of_the_extras_is_known_to_the_script() -> None:
    """A library added to pyproject.toml gets its install line too."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for extra, known in (("cli", entry.CLI_MODULES), ("server", entry.SERVER_MODULES)):
        names = {re.split(r"[\[<>=;~! ]", line)[0].lower() for line in extras[extra]} - {"prompts-admin"}
        assert known == {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}


def _failing(error: Exception) -> Callable[[str], None]:
    def fail(name: str) -> None:
        raise error

    return fail
