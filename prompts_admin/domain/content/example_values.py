"""Whether a prompt renders with the examples of its own variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.templates.rendering import render_messages

NO_EXAMPLE = "no example"


def example_values(variables: Mapping[str, Mapping[str, Any]]) -> Json:
    """Return a value for every variable that has an example or a default."""
    return {
        name: declared.get("example", declared.get("default"))
        for name, declared in variables.items()
        if "example" in declared or "default" in declared
    }


def example_failure(value: Mapping[str, Any]) -> str:
    """Return "" when the prompt's `value` renders with its examples, else why it does not.

    The text starts with "no example" when that cannot be known.
    """
    variables = value["variables"]
    values = example_values(variables)
    unknown = [name for name, v in variables.items() if v.get("required") and name not in values]
    if unknown:
        return f"{NO_EXAMPLE} for {', '.join(unknown)}"
    try:
        render_messages(value["messages"], variables, values)
    except ValueError as error:
        return str(error)
    return ""
