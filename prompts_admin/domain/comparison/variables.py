"""Changes of the declarations of variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.comparison.changes import Change
from prompts_admin.domain.comparison.structure import shown
from prompts_admin.domain.problems import at

Declarations = Mapping[str, Mapping[str, Any]]


def variable_changes(before: Declarations, after: Declarations) -> Iterator[Change]:
    """Yield a change for each variable added or removed and for each field of the others that differs."""
    for name in dict.fromkeys((*before, *after)):
        path = at("variables", name)
        if name not in before:
            yield Change("variables", path, _added(name, after[name]), None, after[name])
        elif name not in after:
            yield Change("variables", path, f"variable '{name}' removed", before[name], None)
        else:
            yield from _fields(name, before[name], after[name])


def _added(name: str, declared: Mapping[str, Any]) -> str:
    """Return what callers have to know of a new variable: whether they must send it, and what they get if not."""
    demand = "required " if declared.get("required") else ""
    otherwise = f", {shown(declared['default'])} when not sent" if "default" in declared else ""
    return f"{demand}variable '{name}' ({declared['type']}{otherwise}) added"


def _fields(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for field in dict.fromkeys((*before, *after)):
        old, new = before.get(field), after.get(field)
        if old != new or type(old) is not type(new):
            sentence = f"variable '{name}' {_sentence(field, old, new)}"
            yield Change("variables", at(at("variables", name), field), sentence, old, new)


def _sentence(field: str, old: Any, new: Any) -> str:
    if field == "required":
        return "is now required" if new else "is no longer required"
    if new is None:
        return f"{field} removed (was {shown(old)})"
    if old is None:
        return f"{field} added: {shown(new)}"
    return f"{field} {old} -> {new}" if field == "type" else f"{field} {shown(old)} -> {shown(new)}"
