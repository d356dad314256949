"""What a prompt asks back for: the format of the response, and the tools that the model may call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.content.json_values import plain
from prompts_admin.domain.content.schemas import check_schema
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings, at

MAX_TOOLS = 128
_FORMATS = ("json_schema", "json_object", "text")
_TOOL = ("name", "description", "parameters", "strict")
_TOOL_NAME = re.compile("[A-Za-z0-9_-]{1,64}")


def read_response_format(value: Any, found: Findings) -> Json:
    """Return `{type: json_schema, schema, name?, strict?, description?}`, or type `json_object` or `text`."""
    path = "response_format"
    fields = found.fields(value, path, ("type", "schema", "name", "strict", "description"))
    kind = found.one_of(fields.get("type"), at(path, "type"), _FORMATS)
    if kind == "json_schema" and "schema" not in fields:
        found.say(path, "has no schema.", "Write 'schema: {type: object, ...}', or use 'type: json_object'.")
    if kind in ("json_object", "text") and len(fields) > 1:
        found.say(
            path, f"of type '{kind}' has no other fields.", "Use 'type: json_schema', or take them out."
        )
    _check_labels(fields, path, found)
    if "schema" in fields:
        check_schema(fields["schema"], at(path, "schema"), found)
    return {name: plain(inner) for name, inner in fields.items()}


def read_tools(value: Any, found: Findings) -> list[Json]:
    """Return the tools as `{type: function, function: {name, description?, parameters?, strict?}}`.

    The flat form `{name, description, parameters}` is accepted and brought into that form. Names are
    distinct.
    """
    items = found.items(value, "tools", most=MAX_TOOLS)
    tools = [_tool(tool, at("tools", index), found) for index, tool in enumerate(items)]
    names = [tool["function"].get("name") for tool in tools]
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            found.say(
                at("tools", index), f"is a second tool called '{name}'.", "Give each tool its own name."
            )
    return tools


def _tool(value: Any, path: str, found: Findings) -> Json:
    if isinstance(value, Mapping) and "function" in value:
        outer = found.fields(value, path, ("type", "function"))
        inner_path = at(path, "function")
        fields = found.fields(outer.get("function", {}), inner_path, _TOOL)
    else:
        outer = found.fields(value, path, ("type", *_TOOL))
        inner_path = path
        fields = {name: inner for name, inner in outer.items() if name != "type"}
    found.one_of(outer.get("type", "function"), at(path, "type"), ("function",))
    if "name" not in fields and isinstance(value, Mapping):
        found.say(inner_path, "has no name.", "Write 'name: look_up_order', for instance.")
    _check_labels(fields, inner_path, found)
    if "parameters" in fields:
        check_schema(fields["parameters"], at(inner_path, "parameters"), found)
    return {"type": "function", "function": {name: plain(inner) for name, inner in fields.items()}}


def _check_labels(fields: Mapping[str, Any], path: str, found: Findings) -> None:
    name = fields.get("name")
    if name is not None and not (isinstance(name, str) and _TOOL_NAME.fullmatch(name)):
        found.say(at(path, "name"), "must be 1 to 64 letters, digits, '_' and '-'.", "Choose another name.")
    if "strict" in fields:
        found.flag(fields["strict"], at(path, "strict"))
    if "description" in fields:
        found.text(fields["description"], at(path, "description"))
