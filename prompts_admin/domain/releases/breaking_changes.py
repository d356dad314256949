"""Which changes break callers: what they send may no longer do, or what they get back may be new to them.

Compared are two values of `get`, so that the variables of snippets count. A caller sends variables, reads
the response by its schema and runs the tools that the model asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.releases.schema_changes import schema_changes

Value = Mapping[str, Any]

_WIDER = {("integer", "number")}
"""(old, new) types of a variable where all that was accepted still is."""


def breaking_changes(old: Value | None, new: Value) -> tuple[str, ...]:
    """Return a sentence for each way in which `new` breaks callers of `old`; () when there was nothing
    before.

    Breaking are: a required variable without default that was not so before, a variable's type narrowed or
    changed, a response that may be what the old schema did not allow or lacks what it promised, a tool
    taken away, and a tool's arguments changed in these ways or by one that is required.
    """
    if old is None:
        return ()
    sentences = [*_variables(old, new), *_response(old, new), *_tools(old, new)]
    return tuple(dict.fromkeys(sentences))


def _variables(old: Value, new: Value) -> Iterator[str]:
    before, after = old.get("variables") or {}, new.get("variables") or {}
    for name, declared in after.items():
        known = before.get(name)
        if _demanded(declared) and not (known and _demanded(known)):
            yield f"The variable '{name}' is required now and has no default."
        if known and known["type"] != declared["type"] and (known["type"], declared["type"]) not in _WIDER:
            yield f"The variable '{name}' was of type {known['type']} and must be {declared['type']} now."


def _demanded(declared: Mapping[str, Any]) -> bool:
    return bool(declared.get("required")) and "default" not in declared


def _response(old: Value, new: Value) -> Iterator[str]:
    before, after = _format(old), _format(new)
    if before["type"] == after["type"] == "json_schema":
        for change in schema_changes(before["schema"], after["schema"]):
            yield f"In the response {change}."
    elif before["type"] != after["type"] and (before["type"], after["type"]) != (
        "json_object",
        "json_schema",
    ):
        yield f"The response was {_FORMATS[before['type']]} and is {_FORMATS[after['type']]} now."


def _format(value: Value) -> Mapping[str, Any]:
    return value.get("response_format") or {"type": "text"}


_FORMATS = {"text": "free text", "json_object": "JSON of any form", "json_schema": "JSON by a schema"}


def _tools(old: Value, new: Value) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name, tool in before.items():
        if name not in after:
            yield f"The tool '{name}' was taken away."
            continue
        parameters = (tool.get("parameters", {}), after[name].get("parameters", {}))
        for change in schema_changes(*parameters, closed=True):
            yield f"In the arguments of the tool '{name}' {change}."


def _by_name(value: Value) -> dict[str, Mapping[str, Any]]:
    functions = [tool["function"] for tool in value.get("tools") or ()]
    return {function["name"]: function for function in functions}
