"""A call hands out what was sent as the models that its operation names, and as no others."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import pytest

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Query
from prompts_admin.api.contract.operation import Operation
from prompts_admin.api.operations import OPERATIONS


class Sent(Body):
    """What an operation names."""


class Other(Body):
    """What it does not."""


class Asked(Query):
    """The query of an operation."""


def test_another_model_than_was_read_is_a_fault_at_the_first_call() -> None:
    """Not a value of the wrong type, to be found out by whoever uses it."""
    call = Call(*[None] * 4, query_model=Asked(), body_model=Sent())  # type: ignore[arg-type]
    assert (Asked(), Sent()) == (call.query(Asked), call.body(Sent))
    for read in (lambda: call.body(Other), lambda: call.query(Sent), lambda: Call(*[None] * 4).body(Sent)):  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"'(Other|Sent)'"):
            read()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_reads_the_models_that_its_row_names(operation: Operation) -> None:
    """Its handler, and what that hands the call on to, name the row's own model, and leave out none."""
    named = set(_named(operation.run, set()))
    wanted = {("body", operation.body), ("query", operation.query)}
    assert named <= wanted
    assert {
        (part, model) for part, model in wanted - named if model is not None and model.model_fields
    } == set()


def _named(function: Any, seen: set[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a handler and its helpers read of a call: ("body" or "query", the model)."""
    if (
        not isinstance(function, FunctionType)
        or function in seen
        or "prompts_admin.api" not in function.__module__
    ):
        return
    seen.add(function)
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(value=ast.Name("call"), attr=("body" | "query") as part):
                yield part, known[ast.unparse(node.args[0])]
            case ast.Name(name):
                yield from _named(known.get(name), seen)
