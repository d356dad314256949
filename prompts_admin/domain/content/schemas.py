"""JSON Schemas (2020-12): checked for their structure, never fetched and never run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prompts_admin.domain.problems import Findings, at

TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SCHEMAS = (
    "items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "not", "if", "then", "else",
    "contains", "propertyNames",
)  # fmt: skip
_TEXTS = ("pattern", "format", "title", "description", "$schema", "$id", "$comment")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


def check_schema(schema: Any, path: str, found: Findings) -> None:
    """Note what is structurally no JSON Schema, and references to anything outside of it.

    Keywords that are not known are left alone, as the standard asks.
    """
    _check(schema, path, found, schema)


def resolve(reference: Any, root: Any) -> Any:
    """Return what a pointer such as `#/$defs/item` names in `root` (RFC 6901); LookupError if nothing."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        raise LookupError(reference)
    inner = root
    for step in reference.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(inner, Mapping):
            inner = inner[step]
        elif isinstance(inner, list) and step.isdecimal():
            inner = inner[int(step)]
        else:
            raise LookupError(reference)
    return inner


def _check(schema: Any, path: str, found: Findings, root: Any) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        found.say(path, "must be a JSON Schema: an object, true or false.", "For instance '{type: string}'.")
        return
    for name, value in schema.items():
        _check_keyword(name, value, at(path, name), found, root)


def _check_keyword(name: str, value: Any, path: str, found: Findings, root: Any) -> None:
    if name in _MAPS or name in _LISTS:
        for step, inner in _inner_schemas(name, value, path, found):
            _check(inner, at(path, step), found, root)
    elif name in _SCHEMAS:
        _check(value, path, found, root)
    elif name in ("$ref", "$dynamicRef"):
        _check_reference(value, path, found, root)
    elif name in _SIMPLE:
        wanted, holds = _SIMPLE[name]
        if not holds(value):
            found.say(path, f"must be {wanted}.", "Correct the schema.")


def _inner_schemas(name: str, value: Any, path: str, found: Findings) -> list[tuple[str | int, Any]]:
    if name in _MAPS and isinstance(value, Mapping):
        return list(value.items())
    if name in _LISTS and isinstance(value, (list, tuple)) and value:
        return list(enumerate(value))
    found.say(path, f"must be {'an object of' if name in _MAPS else 'a list of one or more'} schemas.")
    return []


def _check_reference(value: Any, path: str, found: Findings, root: Any) -> None:
    try:
        resolve(value, root)
    except LookupError:
        shown = str(value)[:80]
        found.say(
            path, f"refers to '{shown}', which is not in this schema.", "Put it under '$defs' of this schema."
        )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_type(value: Any) -> bool:
    kinds = value if isinstance(value, (list, tuple)) else [value]
    return bool(kinds) and all(kind in TYPES for kind in kinds)


def _is_names(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


_SIMPLE: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "type": (f"one of {', '.join(TYPES)}, or a list of them", _is_type),
    "required": ("a list of different names", _is_names),
    "enum": ("a list of one or more values", lambda value: isinstance(value, (list, tuple)) and bool(value)),
    "uniqueItems": ("true or false", lambda value: isinstance(value, bool)),
    **dict.fromkeys(_TEXTS, ("text", _is_text)),
    **dict.fromkeys(_NUMBERS, ("a number", _is_number)),
    **dict.fromkeys(_COUNTS, ("a whole number, at least 0", _is_count)),
}
