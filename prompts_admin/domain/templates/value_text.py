"""How a value prints inside a prompt, the same in every language (standard library only; the SDK shares
this).

Text prints as it is, null as nothing, true and false as `true` and `false`; numbers, lists and objects
print as canonical JSON (RFC 8785: keys sorted, no white space, shortest number), so that two languages
print the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

_text = json.JSONEncoder(ensure_ascii=False).encode


def print_value(value: Any) -> str:
    """Return the text of one value; raises TypeError for what JSON cannot hold."""
    if value.__class__ is str:
        return str(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def is_falsy(value: Any) -> bool:
    """Tell whether `{{#if}}` takes the other branch: for null, false, "", 0, [] and {}, and nothing else."""
    return (
        value is None or value is False or value == "" or value == 0 or (_is_container(value) and not value)
    )


def _json(value: Any) -> str:
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"a value of type '{type(value).__name__}' cannot be printed")


def _is_container(value: Any) -> bool:
    return isinstance(value, (list, tuple, Mapping))


def _list(value: Any) -> str:
    return f"[{','.join(_json(item) for item in value)}]"


def _object(value: Any) -> str:
    names = sorted(value, key=_utf16)
    return f"{{{','.join(f'{_text(name)}:{_json(value[name])}' for name in names)}}}"


def _utf16(name: Any) -> bytes:
    if not isinstance(name, str):
        raise TypeError("an object's keys must be text")
    return name.encode("utf-16-be", "surrogatepass")


def _float(value: float) -> str:
    """Write a number as ECMAScript does (RFC 8785, 3.2.2.3): same digits as Python, another layout."""
    if not math.isfinite(value):
        raise TypeError("NaN and infinities cannot be printed")
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        from decimal import Decimal  # rare, and a tenth of what importing the SDK costs

        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    digits, _, exponent = repr(value).partition("e")
    return f"{digits.removesuffix('.0')}e{int(exponent):+d}"


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, _text),
    (int, str),
    (float, _float),
    ((list, tuple), _list),
    (Mapping, _object),
)
