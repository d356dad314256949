"""Shares and the order of stages are turned into something else in one place alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.packaging.sources import modules, name, tree

ONE_PLACE = "prompts_admin/domain/stages.py"
A_THOUSAND = ("1000", "100000", "WHOLE")
OF_A_SHARE = ("percent", "share", "up_to", "bucket", "place")
"""What an expression that is about a share says; milliseconds and the like are reckoned with a thousand too."""


def test_shares_are_turned_into_percent_and_back_in_one_place() -> None:
    """Who needs percent asks `percent_of`, who has percent asks `share_of`: nobody reckons with a thousand."""
    assert [] == [f"{place}: {code}" for place, code in _reckonings() if any(w in code for w in OF_A_SHARE)]


def test_the_order_of_stages_is_asked_in_one_place() -> None:
    """Who needs the order asks `position`, `narrower` or `wider`, which could then hold a longer ladder."""
    assert [] == [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if name(path) != ONE_PLACE
        if isinstance(node, ast.Attribute) and node.attr == "index" and ast.unparse(node.value) == "STAGES"
    ]


def _reckonings() -> Iterator[tuple[str, str]]:
    """Yield where something is divided by a thousand or multiplied with it, and the line in small letters."""
    for path in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree(path)):
            if name(path) != ONE_PLACE and isinstance(node, ast.BinOp) and _has_a_thousand(node):
                yield f"{name(path)}:{node.lineno}", lines[node.lineno - 1].strip().lower()


def _has_a_thousand(node: ast.BinOp) -> bool:
    right, left = ast.unparse(node.right), ast.unparse(node.left)
    if isinstance(node.op, ast.Mult):
        # A hash is spread over the whole: that makes a place, not a number of percent.
        return bool({left, right} & set(A_THOUSAND[:2]))
    return isinstance(node.op, ast.Div) and right in A_THOUSAND
