"""The declarations of variables: `variables: {ticket: {type: string, required: true, ...}}`."""

from __future__ import annotations

import re
from typing import Any

from prompts_admin.domain.content.json_values import plain
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.templates.tags import NAME, RESERVED
from prompts_admin.domain.templates.variable_types import TYPES, fits

MAX_VARIABLES = 500
_NAME = re.compile(NAME)
_FIELDS = ("type", "required", "default", "description", "example")


def read_variables(value: Any, found: Findings) -> Json:
    """Return the declarations in normal form: `type` always there, `required` only when true, no nulls."""
    if not isinstance(value, dict):
        found.say(
            "variables", "must be an object: each name with its type.", "Write 'ticket: {type: string}'."
        )
        return {}
    if len(value) > MAX_VARIABLES:
        found.say(
            "variables",
            f"declares {len(value)} variables; {MAX_VARIABLES} are allowed.",
            "Use a list or object.",
        )
        return {}
    return {name: _declaration(name, declared, found) for name, declared in value.items()}


def is_name(value: Any) -> bool:
    """Tell whether `value` can name a variable."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None and value not in RESERVED


def _declaration(name: str, value: Any, found: Findings) -> Json:
    path = at("variables", name)
    if not is_name(name):
        found.say(
            path, f"'{name[:80]}' cannot name a variable.", "Use letters, digits and '_', no digit first."
        )
    fields = found.fields({} if value is None else value, path, _FIELDS)
    kind = found.one_of(fields.get("type", "string"), at(path, "type"), TYPES)
    declared: Json = {"type": kind}
    if "required" in fields and found.flag(fields["required"], at(path, "required")):
        declared["required"] = True
    for name_of_value in ("default", "example"):
        if name_of_value in fields:
            declared[name_of_value] = _sample(kind, fields[name_of_value], at(path, name_of_value), found)
    if "description" in fields:
        declared["description"] = found.text(fields["description"], at(path, "description"), most=2_000)
    return declared


def _sample(kind: str, value: Any, path: str, found: Findings) -> Any:
    if kind and not fits(kind, value):
        remedy = "Put quotes around it." if kind == "string" else "Correct the value, or the type."
        found.say(path, f"must be {TYPES[kind]}, as its type says.", remedy)
    return plain(value)
