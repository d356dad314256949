"""The types that a variable may be declared with (standard library only; the SDK shares this)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

TYPES: dict[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "object": "an object",
}


def fits(kind: str, value: Any) -> bool:
    """Tell whether `value` is of the declared type; true is no number, 3.0 is a whole number (as in JSON)."""
    return _FITS[kind](value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and value == int(value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, (list, tuple)),
    "object": lambda value: isinstance(value, Mapping),
}
