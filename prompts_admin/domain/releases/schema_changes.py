"""Whether what a new JSON Schema allows would surprise a reader who knows the old one.

Compared are types, enumerations, properties, required ones, items and alternatives, through local
references. Ranges, lengths, patterns and texts for people are not: a reader seldom depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts_admin.domain.content.schemas import TYPES, resolve

_NOTES = frozenset(
    ("title", "description", "examples", "default", "$comment", "$schema", "$id", "deprecated")
)
_CHOICES = ("anyOf", "oneOf", "allOf")
_EVERYTHING = frozenset(TYPES)

Pair = tuple[Any, Any, str]


def schema_changes(old: Any, new: Any, *, closed: bool = False) -> tuple[str, ...]:
    """Return what changed for a reader, as ends of sentences that begin with where.

    With `closed` the reader cannot pass over a property that it does not know, as a function cannot pass
    over an argument, so that a new required one counts too.
    """
    comparison = _Comparison(old, new, closed)
    stack: list[Pair] = [(old, new, "")]
    while stack and len(comparison.found) < _MOST:
        stack.extend(comparison.compare(*stack.pop()))
    return tuple(comparison.found)


_MOST = 100


@dataclass
class _Comparison:
    old_root: Any
    new_root: Any
    closed: bool
    found: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def compare(self, old: Any, new: Any, path: str) -> list[Pair]:
        """Note the changes between two schemas at one place; return the pairs that stand below."""
        old, new = _followed(old, self.old_root), _followed(new, self.new_root)
        if (id(old), id(new)) in self._seen:
            return []
        self._seen.add((id(old), id(new)))
        where = f"'{path}'" if path else "the whole"
        self.found += _kinds(old, new, where)
        self.found += _values(old, new, where)
        self.found += _choices(old, new, where)
        self.found += _required(old, new, path, self.closed)
        return list(_below(old, new, path))


def _followed(schema: Any, root: Any) -> Mapping[str, Any]:
    """Return a schema with references followed; true is the schema that allows everything, false none."""
    for _ in range(20):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        schema = resolve(schema["$ref"], root)
    if isinstance(schema, Mapping):
        return schema
    return _ANYTHING if schema is True else _NOTHING


_ANYTHING: Mapping[str, Any] = {}
_NOTHING: Mapping[str, Any] = {"enum": []}


def _kinds(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[str]:
    before, after = _types(old), _types(new)
    added = after - before - ({"integer"} if "number" in before else set())
    if added and "enum" not in new and "const" not in new:
        what = "anything" if after == _EVERYTHING else " or ".join(sorted(added))
        yield f"{where} may be {what} now"


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    kinds = schema.get("type", TYPES)
    return frozenset([kinds] if isinstance(kinds, str) else kinds)


def _values(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[str]:
    before, after = _enumerated(old), _enumerated(new)
    if before is None:
        return
    if after is None:
        yield f"{where} is no longer one of a few values"
        return
    for value in after:
        if value not in before:
            yield f"{where} may be {value} now"


def _enumerated(schema: Mapping[str, Any]) -> list[str] | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return (
        None
        if values is None
        else [json.dumps(value, ensure_ascii=False, sort_keys=True) for value in values]
    )


def _choices(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[str]:
    """Compare alternatives by what they say: one that is new, or a condition that is gone, can surprise."""
    for name in _CHOICES:
        before, after = _bare(old.get(name, [])), _bare(new.get(name, []))
        if before != after and _lets_in_more(name, before, after):
            yield f"{where} may have another form ('{name}' changed)"


def _lets_in_more(name: str, before: list[Any], after: list[Any]) -> bool:
    lost = any(one not in after for one in before)
    gained = any(one not in before for one in after)
    if name == "allOf":
        # Each of them is a condition: one less, and what it kept out may come.
        return lost
    if not before:
        # Where there were no alternatives anything could come; some only narrow that.
        return False
    # Without any left, anything may come again.
    return gained or not after


def _bare(schema: Any) -> Any:
    """Return a schema without what is written for people alone."""
    if isinstance(schema, Mapping):
        return {name: _bare(inner) for name, inner in schema.items() if name not in _NOTES}
    return [_bare(inner) for inner in schema] if isinstance(schema, list) else schema


def _required(old: Mapping[str, Any], new: Mapping[str, Any], path: str, closed: bool) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    still = set(new.get("required", ()))
    for name in before:
        if name not in after:
            yield f"'{_at(path, name)}' is gone"
    for name in old.get("required", ()):
        if name not in still and name in after:
            yield f"'{_at(path, name)}' may be missing now"
    if closed:
        for name in after:
            if name not in before and name in still:
                yield f"'{_at(path, name)}' is new and required"


def _below(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Pair]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name in after:
            yield before[name], after[name], _at(path, name)
    for name, step in (("items", f"{path}[]"), ("additionalProperties", _at(path, "*"))):
        if isinstance(old.get(name), Mapping):
            yield old[name], new.get(name, True), step


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
