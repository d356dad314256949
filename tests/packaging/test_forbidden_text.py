"""What must not stand in any file: unsafe loading, script and style inside pages, other people's machines."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.packaging.sources import PACKAGES, ROOT, imported, modules, name, texts, tree

UNSAFE_MODULES = frozenset(
    {"pickle", "cPickle", "dill", "shelve", "marshal", "cloudpickle", "joblib", "yaml"}
)
UNSAFE_CALLS = re.compile(
    r"\b(yaml\.(unsafe_|full_)?load\w*|YAML\(typ=[\"']unsafe[\"']|(?<![.\w])(eval|exec)\()"
)
INLINE = re.compile(
    r"""\s(on[a-z]+|style|hx-on[:\w-]*)\s*=\s*["'{]|javascript:|<style[\s>]|<script(?![^>]*\ssrc=)[\s>]""",
    re.I,
)
# Assembled from pieces, so that this file does not trip over itself.
HOSTS = re.compile(
    "|".join(
        (
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npm",
            "deb\\." + "debian",
            r"jfr" + "og",
            r"artifac" + r"tory\.\w",
        )
    ),
    re.I,
)
LOCAL_PATHS = re.compile(
    "|".join(
        (
            "/wor" + r"k/\w",
            "/ro" + r"ot/",
            "/ho" + r"me/\w+/",
            "/Use" + r"rs/\w+/",
            "/op" + r"t/\w",
            r"[A-Z]:\\\\Use" + "rs",
        )
    )
)
WAITS_IN_THE_PAGE = re.compile(r"\bwait_for_" + r"function\(")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Return `file:line: text` of every line that the pattern finds."""
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def templates() -> list[Path]:
    """Return the page templates."""
    return sorted((ROOT / "prompts_admin" / "web").rglob("*.html"))


def test_S34_no_unsafe_loading_is_imported() -> None:
    """No module that can run code while loading data is imported anywhere in the product."""
    assert [] == [
        f"{name(path)}: {module}"
        for path in modules(*PACKAGES, ROOT / "migrations", ROOT / "scripts")
        for node in ast.walk(tree(path))
        for module in imported(node)
        if module.partition(".")[0] in UNSAFE_MODULES
    ]


def test_S34_nothing_evaluates_text_as_code() -> None:
    """No `yaml.load`, no `eval`, no `exec` in the product."""
    assert [] == found(UNSAFE_CALLS, modules())


def test_S39_templates_have_no_inline_script_or_style() -> None:
    """The content security policy needs no exception for any page."""
    assert [] == found(INLINE, templates())


@pytest.mark.parametrize(
    "text",
    [
        '<a onclick="x()">',
        "<p style='color: red'>",
        "<script>alert(1)</script>",
        "<a href='javascript:x'>",
        '<b hx-on:click="x">',
        "<style>",
    ],
)
def test_S39_the_search_for_inline_script_finds_it(text: str) -> None:
    """The rule above is able to fail."""
    assert INLINE.search(text)


@pytest.mark.parametrize(
    "text", ['<script src="/static/app.js" defer></script>', '<p class="note">', "one=1"]
)
def test_S39_the_search_leaves_what_is_allowed(text: str) -> None:
    """Scripts and styles from files are what pages should use."""
    assert not INLINE.search(text)


def test_no_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    """What is written here works on everybody's machine."""
    assert [] == found(HOSTS, texts()) + found(LOCAL_PATHS, texts())


def test_no_test_has_a_page_wait_for_itself() -> None:
    """The content security policy refuses it, unless the first look is true: `comes_true` asks from outside."""
    assert [] == found(WAITS_IN_THE_PAGE, modules(ROOT / "tests", ROOT / "scripts"))


def test_nothing_is_left_unfinished_in_the_product() -> None:
    """What is missing stands in an issue, not in the code."""
    assert [] == found(UNFINISHED, modules())
