"""What crosses from use cases to faces has a name, so that a misspelt key is found before it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.packaging.sources import ROOT, modules, name, tree

SERVICES = ROOT / "prompts_admin" / "services"
NAMELESS = "dict[str, Any]"
TO_COME = ("prompts_admin/services/rollback/", "prompts_admin/services/core/visibility.py")
"""What puts back, and what it leaves out for who may not read it, gets its plan as a type of its own."""


def test_no_public_function_of_services_takes_or_returns_a_nameless_dict() -> None:
    """A document is one of `schemas`, a content is called `Content`, and what else a page needs has a class."""
    found = [place for path in modules(SERVICES) for place in _nameless(path)]
    assert [] == [place for place in found if not place.startswith(TO_COME)]


def _nameless(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            given = [one.annotation for one in (*node.args.args, *node.args.kwonlyargs)]
            if any(NAMELESS in ast.unparse(one) for one in (*given, node.returns) if one is not None):
                yield f"{name(path)}: {node.name}"
