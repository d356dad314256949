"""From a rendered prompt to the keyword arguments of an OpenAI-compatible chat call (standard library only).

The SDK makes requests by this and the preview shows them, so both give the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.json_object import Json

_SCHEMA_FIELDS = ("name", "description", "schema", "strict")


def chat_request(key: str, value: Mapping[str, Any], messages: list[Json]) -> Json:
    """Return `{model, ...params, messages, response_format, tools}`, without what the prompt does not name."""
    model = value.get("model") or {}
    request: Json = dict(fresh(model.get("params") or {}))
    if model.get("name"):
        request["model"] = model["name"]
    request["messages"] = messages
    if value.get("response_format"):
        request["response_format"] = _response_format(key, fresh(value["response_format"]))
    if value.get("tools"):
        request["tools"] = fresh(value["tools"])
    return request


def fresh(value: Any) -> Any:
    """Return a copy of JSON data, so that a caller who changes it does not change what others are served."""
    if isinstance(value, dict):
        return {name: fresh(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [fresh(inner) for inner in value]
    return value


def _response_format(key: str, declared: Json) -> Json:
    """Return the form of the chat API, which nests what a file declares flat and asks for a name."""
    if declared.get("type") != "json_schema" or "schema" not in declared:
        return declared
    named = {"name": key.replace("/", "-").replace(".", "-")[:64], **declared}
    return {
        "type": "json_schema",
        "json_schema": {name: named[name] for name in _SCHEMA_FIELDS if name in named},
    }
