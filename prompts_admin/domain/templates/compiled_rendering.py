"""Rendering of the usual prompt, text into text, at the cost of putting strings together.

`rendering.Messages` is the rule. What is made here gives the same messages or None, and then the careful way
decides: for branches, for values that are no text, for missing and undeclared ones, and for every error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from prompts_admin.domain.templates.template import MAX_CHARACTERS, Template, Variable

Quick = Callable[[Mapping[str, Any]], "list[dict[str, Any]] | None"]
Placed = Callable[[str, Any], Iterable[dict[str, Any]]]

_Take = Callable[[Mapping[Any, str]], tuple[str, ...]]
_Step = tuple["str | None", str, "_Take | None"]
"""A role, its text, and how to take the pieces of a text that changes; or None and a placeholder's name."""


def compile_quick(
    parts: tuple[tuple[str, Template] | str, ...], variables: Mapping[str, Mapping[str, Any]], placed: Placed
) -> Quick | None:
    """Return the quick way for messages whose variables are all text, None for others.

    `placed` gives the messages for a placeholder's name and list.
    """
    placeholders = tuple(part for part in parts if isinstance(part, str))
    templates = [part[1] for part in parts if not isinstance(part, str)]
    printed = Counter(name for template in templates for name in _printed(template))
    if any(not _is_flat(template) for template in templates) or not _are_texts(variables, placeholders):
        return None
    if printed.keys() & set(placeholders):
        return None
    texts = tuple({**printed, **{name: 1 for name in variables if name not in placeholders}})
    literals: dict[str, int] = {"": 0}
    steps = tuple(_step(part, literals) for part in parts)
    room = MAX_CHARACTERS - sum(map(len, _literals(templates)))
    most = room // max(printed.values(), default=1)
    given: dict[Any, str] = {number: text for text, number in literals.items()}
    return _quick(steps, texts, placeholders, given | _defaults(variables), most=most, placed=placed)


def _quick(
    steps: tuple[_Step, ...],
    texts: tuple[str, ...],
    placeholders: tuple[str, ...],
    given: Mapping[Any, str],
    *,
    most: int,
    placed: Placed,
) -> Quick:
    """Return the function. `given` are the literals by number, and the defaults by name."""
    known = frozenset((*texts, *placeholders))

    def render(values: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        if not known.issuperset(values):
            return None
        usable: dict[Any, Any] = {**given, **values}
        size = 0
        try:
            for name in texts:
                value = usable[name]
                if value.__class__ is not str:
                    return None
                size += len(value)
            for name in placeholders:
                if usable[name].__class__ is not list:
                    return None
        except KeyError:
            return None
        if size > most:
            return None
        rendered: list[dict[str, Any]] = []
        for role, text, take in steps:
            if role is None:
                rendered += placed(text, usable[text])
            else:
                content = text if take is None else "".join(take(usable))
                rendered.append({"role": role, "content": content})
        return rendered

    return render


def _step(part: tuple[str, Template] | str, literals: dict[str, int]) -> _Step:
    if isinstance(part, str):
        return None, part, None
    role, template = part
    if not _printed(template):
        return role, "".join(_literals([template])), None
    # An itemgetter of one name gives no tuple, so there are always two.
    pieces = [
        literals.setdefault(one, len(literals)) if isinstance(one, str) else one.name  # type: ignore[union-attr]
        for one in template.parts
    ] + [0]
    return role, "", itemgetter(*pieces)


def _literals(templates: Iterable[Template]) -> list[str]:
    return [part for template in templates for part in template.parts if isinstance(part, str)]


def _printed(template: Template) -> list[str]:
    return [part.name for part in template.parts if isinstance(part, Variable)]


def _is_flat(template: Template) -> bool:
    return all(isinstance(part, str | Variable) for part in template.parts)


def _are_texts(variables: Mapping[str, Mapping[str, Any]], placeholders: tuple[str, ...]) -> bool:
    for name, declared in variables.items():
        kind = "list" if name in placeholders else "string"
        if declared.get("type", "string") != kind or not isinstance(declared.get("default", ""), str):
            return False
    return True


def _defaults(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what prints for the variables that need not be given."""
    return {
        name: declared.get("default", "")
        for name, declared in variables.items()
        if declared.get("type", "string") == "string"
        and ("default" in declared or not declared.get("required"))
    }
