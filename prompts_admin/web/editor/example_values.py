"""The values that a preview is made with: what was pasted as JSON, else what was typed, else the examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from prompts_admin.domain.content.example_values import example_values
from prompts_admin.domain.errors import Problem
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.templates.value_text import print_value

FIELD = "v."
"""What the names of fields begin with that hold the value of a variable."""
PASTED = "pasted"

_HOW = 'Write numbers as they are, lists as ["a", "b"], objects as {"a": 1}.'
_HOW_PASTED = 'Write an object: {"ticket": "My invoice is wrong"}.'


@dataclass(frozen=True)
class TrialValues:
    """What somebody gave: `typed`, the text of each field, and `pasted`, the text of a JSON object."""

    typed: Mapping[str, str]
    pasted: str = ""


class ShownField(TypedDict):
    """A variable as a field: how it is declared, and the text in the field."""

    name: str
    declared: Mapping[str, Any]
    typed: str


def shown_fields(declared: Mapping[str, Mapping[str, Any]], given: TrialValues) -> list[ShownField]:
    """Return a field for each variable; one that nobody typed in has its example."""
    examples = example_values(declared)
    return [
        {"name": name, "declared": one, "typed": given.typed.get(name, _text(examples.get(name, "")))}
        for name, one in declared.items()
    ]


def trial_values(declared: Mapping[str, Mapping[str, Any]], given: TrialValues) -> tuple[Json, list[Problem]]:
    """Return the values and what is wrong with them; an empty field is a value that is not given."""
    if given.pasted.strip():
        return _pasted(given.pasted)
    values: Json = {}
    problems = []
    examples = example_values(declared)
    for name, declaration in declared.items():
        if name not in given.typed:
            values.update({name: examples[name]} if name in examples else {})
            continue
        text = given.typed[name]
        if not text.strip():
            continue
        try:
            values[name] = text if declaration["type"] == "string" else _loaded(text)
        except (ValueError, RecursionError):
            problems.append(
                Problem(f"'{name}' is no {declaration['type']}.", path=f"{FIELD}{name}", remedy=_HOW)
            )
    return values, problems


def _pasted(text: str) -> tuple[Json, list[Problem]]:
    try:
        value = _loaded(text)
    except json.JSONDecodeError as error:
        message = f"Line {error.lineno}, column {error.colno} of the pasted values is no JSON."
        return {}, [Problem(message, path=PASTED, remedy=_HOW_PASTED)]
    except (ValueError, RecursionError):
        return {}, [Problem("The pasted values are no JSON.", path=PASTED, remedy=_HOW_PASTED)]
    if not isinstance(value, dict):
        return {}, [Problem("The pasted values are no object.", path=PASTED, remedy=_HOW_PASTED)]
    return value, []


def _loaded(text: str) -> Any:
    """Read JSON; raises ValueError also for half a character, which JSON can name and UTF-8 has no bytes for."""
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _text(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return print_value(value)
