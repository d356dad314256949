"""Files and functions stay small enough to be read at a glance."""

from __future__ import annotations

import ast
from collections import Counter

from tests.packaging.sources import functions, modules, name

FILE_LINES = 300
FUNCTION_LINES = 40
USUAL_LINES = 20
USUAL_SHARE = 0.9
FOLDER_MODULES = 20


def test_no_file_is_over_300_lines() -> None:
    """Nobody has to scroll through a module that ate the program."""
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {} == {path: lines for path, lines in lengths.items() if lines > FILE_LINES}


def test_no_function_is_over_40_lines() -> None:
    """A function fits on a screen, docstring included."""
    assert {} == {place: lines for place, lines in _lengths().items() if lines > FUNCTION_LINES}


def test_nine_in_ten_functions_are_under_20_lines() -> None:
    """Long functions are the exception."""
    lengths = sorted(_lengths().values())
    usual = [lines for lines in lengths if lines < USUAL_LINES]
    assert len(usual) >= USUAL_SHARE * len(lengths)


def test_no_folder_has_more_than_20_modules() -> None:
    """A room whose modules cannot be taken in at a glance is two rooms."""
    found = Counter(name(path.parent) for path in modules())
    assert {} == {folder: count for folder, count in found.items() if count > FOLDER_MODULES}


def test_every_package_says_what_may_live_in_it() -> None:
    """Each folder's `__init__.py` has a docstring that says what belongs there."""
    packages = [path for path in modules() if path.name == "__init__.py"]
    assert [] == [
        name(path) for path in packages if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]


def _lengths() -> dict[str, int]:
    return {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules()
        for node in functions(path)
    }
