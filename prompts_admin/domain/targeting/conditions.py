"""The operators of an audience's conditions, compiled into plain functions of the attributes.

Every value is compared as text: numbers as RFC 8785 writes them (`42`, `0.5`), truth values as `true` and
`false`. So `42` from a JSON body and `"42"` from a query string are the same. `greater_than` and `less_than`
compare numbers, and a text that is a decimal number counts as one.

An attribute is missing when it is absent, null, or a list without a member that the operator can read. A
missing attribute fails every operator, negated or not, but for a negated `exists`. A list holds by any of its
members; `not_in` is the opposite of `in`, so it holds when none of the members is among the values.
"""

from __future__ import annotations

import operator as compare
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from prompts_admin.domain.templates.value_text import print_value

T = TypeVar("T")
Holds = Callable[[Mapping[str, Any]], bool]
Test = Callable[[object], bool]
Scalar = str | int | float | bool

TEXT_OPERATORS = ("in", "not_in", "equals", "starts_with", "ends_with", "contains")
NUMBER_OPERATORS = ("greater_than", "less_than")
OPERATORS = (*TEXT_OPERATORS, *NUMBER_OPERATORS, "exists")

_DECIMAL = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")
_LISTS = (list, tuple, set, frozenset)
_TOO_LARGE = 10**300
"""Beyond this a number is not read at all: whole numbers of any length have no equal as a 64-bit float."""


def compile_condition(attribute: str, operator: str, values: tuple[Scalar, ...], *, negate: bool) -> Holds:
    """Return a function that tells whether a condition holds for attributes by name; it never raises.

    An operator that this version does not know holds for nobody, negated or not.
    """
    test = compile_test(operator, values, negate=negate)
    return lambda attributes: test(attributes.get(attribute))


def compile_test(operator: str, values: tuple[Scalar, ...], *, negate: bool) -> Test:
    """Return a function that tells whether a condition holds for the value of its attribute, None if missing."""
    if operator == "exists":
        return lambda value: _is_given(value) is not negate
    if operator in NUMBER_OPERATORS:
        return _compile_number(operator, values, negate)
    if operator in TEXT_OPERATORS:
        return _compile_text(operator, values, negate)
    return lambda _: False


def wanted_texts(values: tuple[Scalar, ...]) -> tuple[str, ...]:
    """Return the texts that a condition's values are compared as."""
    return tuple(text for value in values if (text := as_text(value)) is not None)


def as_text(value: object) -> str | None:
    """Return the text that a value is compared and hashed as, None for what has no such text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and abs(value) < _TOO_LARGE:
        return print_value(value)
    return None


def as_number(value: object) -> float | int | None:
    """Return the number that a value is compared as, None for what is no number."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        return value
    return None


def _compile_text(operator: str, values: tuple[Scalar, ...], negate: bool) -> Test:
    test = _text_test(operator, wanted_texts(values))
    flip = (operator == "not_in") is not negate

    def holds(value: object) -> bool:
        if isinstance(value, str):
            return test(value) is not flip
        if value is None:
            return False
        members = _members(value, as_text)
        return bool(members) and any(map(test, members)) is not flip

    return holds


def _text_test(operator: str, wanted: tuple[str, ...]) -> Callable[[str], bool]:
    if operator == "starts_with":
        return lambda text: text.startswith(wanted)
    if operator == "ends_with":
        return lambda text: text.endswith(wanted)
    if operator == "contains":
        return lambda text: any(part in text for part in wanted)
    return frozenset(wanted).__contains__


def _compile_number(operator: str, values: tuple[Scalar, ...], negate: bool) -> Test:
    bounds = [number for value in values if (number := as_number(value)) is not None]
    beyond = compare.gt if operator == "greater_than" else compare.lt

    def test(number: float) -> bool:
        return any(beyond(number, bound) for bound in bounds)

    def holds(value: object) -> bool:
        members = _members(value, as_number)
        return bool(members) and any(map(test, members)) is not negate

    return holds


def _members(value: object, read: Callable[[object], T | None]) -> list[T]:
    several = value if isinstance(value, _LISTS) else (value,)
    return [member for one in several if (member := read(one)) is not None]


def _is_given(value: object) -> bool:
    return value is not None and not (isinstance(value, _LISTS) and not value)
