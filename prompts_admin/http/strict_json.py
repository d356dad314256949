"""JSON as strict as RFC 8259 and I-JSON (RFC 7493) want it; Python's and pydantic's parsers take more."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from prompts_admin.domain.errors import Problem, Refused, Usage
from prompts_admin.domain.json_object import Json

DEEPEST = 60
_NUL_OR_SURROGATE = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


def read_object(raw: bytes) -> Json:
    """Return the object that `raw` is.

    Raises Usage("malformed") for what is no JSON object and for names that stand twice, Refused("invalid")
    for NaN, numbers beyond a double, nesting deeper than sixty, NUL and half surrogates in texts.
    """
    _check_depth(raw)
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError:
        raise Usage("malformed", "The body is not UTF-8.", "Send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise Usage("malformed", detail, "Correct the JSON; an empty body is written {}.") from None
    if not isinstance(found, dict):
        raise Usage("malformed", "The body is not a JSON object.", "Send {...}.")
    if _NUL_OR_SURROGATE.search(raw):
        _check_texts(found, "")
    return found


def _check_depth(raw: bytes) -> None:
    """Count brackets before parsing, so that no parser has to recurse; those inside of texts do not count."""
    depth = 0
    for mark in re.sub(rb'"(?:[^"\\]|\\.)*+"', b"", raw):
        if mark in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise _invalid(f"nests deeper than {DEEPEST}")
        elif mark in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Usage("malformed", f"The field {_shown(twice)} stands twice in the body.", "Send it once.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _invalid(f"has {name}, which is no number")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _invalid("has a number that is too large")
    return number


def _int(text: str) -> int:
    if len(text) > 30:
        raise _invalid("has a number that is too large")
    return int(text)


def _check_texts(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise _invalid("has a NUL or half a surrogate pair", path)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _check_texts(member, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_texts(name, path)
            _check_texts(member, f"{path}.{name}".lstrip("."))


def _invalid(message: str, path: str = "") -> Refused:
    where = path.encode("utf-8", "backslashreplace").decode()
    detail = f"The body {message}."
    return Refused("invalid", detail, "Correct the body.", (Problem(message, path=where),))


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 60 else f"{name[:60]}...")
