"""What to do next is data in the rules and the use cases, and each face has its own words for it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from prompts_admin.domain import errors, remedies
from prompts_admin.domain.remedies import Remedy
from prompts_admin.schemas.remedies import WORDS, in_words
from prompts_admin.web.ui.remedies import REMEDIES
from tests.packaging.sources import ROOT, functions, modules, name, tree

INNER = modules(ROOT / "prompts_admin" / "services", ROOT / "prompts_admin" / "domain")
COMMAND = "prompts-admin "
NAMES = frozenset({"prompts-admin publish", "prompts-admin token"})
"""The lock of publishing in the database, and the rule that finds the product's own tokens: no commands."""
PUT_BACK = frozenset(
    {
        "prompts_admin/domain/releases/rollback.py",
        "prompts_admin/services/rollback/affected_versions.py",
        "prompts_admin/services/rollback/removal_plan.py",
        "prompts_admin/services/rollback/rollback.py",
        "prompts_admin/services/rollback/switch_off.py",
        "prompts_admin/services/rollback/undo_plan.py",
    }
)
"""Putting back says commands still: its answers are being written anew, and their remedies with them."""
KINDS = {
    kind: make
    for kind, make in vars(remedies).items()
    if inspect.isfunction(make) and make.__module__ == remedies.__name__
}
REFUSALS = frozenset(
    kind
    for kind, one in vars(errors).items()
    if inspect.isclass(one) and issubclass(one, errors.ProductError)
)


def test_neither_rules_nor_use_cases_say_commands() -> None:
    """Outside of docstrings none of their texts names the program."""
    found = {
        f"{name(path)}: {text}"
        for path in INNER
        if name(path) not in PUT_BACK
        for text in _texts(tree(path))
        if COMMAND in text and text not in NAMES
    }
    assert set() == found


def test_every_kind_has_words_for_terminals() -> None:
    """And those words name everything that the remedy is about."""
    assert KINDS.keys() == WORDS.keys()
    for kind, make in KINDS.items():
        made = make(*(f"<{field}>" for field in inspect.signature(make).parameters))
        assert kind == made.name
        for about in made.about.values():
            assert str(about) in in_words(made), kind


def test_every_refusal_with_data_has_words_for_pages() -> None:
    """What is refused decides where on a page the next step stands."""
    found = {code for path in INNER for code in _codes_with_data(path)}
    assert {"not_found", "stale", "secret_found"} <= found
    assert set() == found - REMEDIES.keys()


@pytest.mark.parametrize("kind", ["undo", "see_release"])
def test_a_remedy_is_a_value(kind: str) -> None:
    """Two of the same kind about the same thing are equal."""
    assert Remedy(kind, {"release": 3}) == KINDS[kind](3)


def _texts(module: ast.Module) -> Iterator[str]:
    """Yield every text of a module that is no docstring."""
    bare = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


def _codes_with_data(path: Path) -> Iterator[str]:
    """Yield the codes of refusals that are raised with a remedy as data."""
    for function in functions(path):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and len(node.args) > 2]
        for call in calls:
            if ast.unparse(call.func) in REFUSALS and _is_data(call.args[2], function):
                yield from (str(n.value) for n in ast.walk(call.args[0]) if isinstance(n, ast.Constant))


def _is_data(given: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether an argument is a kind of remedy, or a name that is given one in the function."""
    if isinstance(given, ast.Name):
        assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        return any(given.id == ast.unparse(one.targets[0]) and _is_kind(one.value) for one in assigned)
    return _is_kind(given)


def _is_kind(given: ast.expr) -> bool:
    return "remedies." in ast.unparse(given)
