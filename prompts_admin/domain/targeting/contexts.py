"""Who asks: the context that audiences and percentages are decided on, and how a request states it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts_admin.domain.errors import Problem, Refused, Usage

TARGETING_KEYS = ("user", "targetingKey")
MAX_TEXT = 4_096
MAX_MEMBERS = 1_000
MAX_ATTRIBUTES = 200


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks: the targeting key, the groups, and attributes by name (text, numbers, truth values, lists).

    An empty user and an empty list of groups are the same as none at all.
    """

    user: str | None = None
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Return every attribute by name; `user` and `groups` are never taken from `attributes`."""
        values = dict(self.attributes)
        values["user"] = self.user or None
        values["groups"] = self.groups
        return values

    def get(self, attribute: str) -> Any:
        """Return the value of one attribute, None when it is missing."""
        return self.values().get(attribute)


NOBODY = Context()


def context_from_query(pairs: Iterable[tuple[str, str]]) -> Context:
    """Read the context of a GET: `user` once, `group` repeated, `attr.NAME` once each; values stay text.

    `pairs` are the decoded query parameters in order, without those that are not the context's own. Raises
    `Usage("malformed")` for a parameter given twice and `Refused("invalid")` for an unknown or oversized one.
    """
    groups: list[str] = []
    single: dict[str, str] = {}
    for name, text in pairs:
        if name == "group":
            groups.append(text)
        elif name in single:
            raise Usage("malformed", f"The parameter '{name}' stands twice.", "Send it once.")
        else:
            single[name] = text
    attributes = {
        name.removeprefix("attr."): text for name, text in single.items() if name.startswith("attr.")
    }
    unknown = [name for name in single if name != "user" and not name.startswith("attr.")]
    problems = [_problem(name, "unknown parameter", "Use user, group or attr.NAME.") for name in unknown]
    return _checked(single.get("user"), groups, attributes, problems)


def context_from_json(document: object) -> Context:
    """Read the context of a POST or OFREP body: `{user | targetingKey, groups, attributes: {...}, NAME: v}`.

    Other names beside `attributes` are attributes too, as OpenFeature sends them flat. Raises
    `Refused("invalid")` that lists every field of a wrong type or size.
    """
    if not isinstance(document, dict):
        raise _refusal([_problem("context", "must be an object", "Send {} for nobody in particular.")])
    problems: list[Problem] = []
    user = _targeting_key(document, problems)
    groups = _groups(document.get("groups"), problems)
    nested = document.get("attributes")
    if nested is not None and not isinstance(nested, dict):
        problems.append(_problem("attributes", "must be an object"))
        nested = None
    own = {*TARGETING_KEYS, "groups", "attributes"}
    flat = {name: value for name, value in document.items() if name not in own}
    return _checked(user, groups, {**flat, **(nested or {})}, problems)


def _targeting_key(document: Mapping[str, Any], problems: list[Problem]) -> str | None:
    given = {name: document[name] for name in TARGETING_KEYS if document.get(name) is not None}
    wrong = [name for name, value in given.items() if not isinstance(value, str)]
    problems += [_problem(name, "must be text") for name in wrong]
    if wrong or not given:
        return None
    if len(set(given.values())) > 1:
        problems.append(_problem("targetingKey", "differs from 'user'", "Send one of the two."))
    return str(next(iter(given.values())))


def _groups(given: object, problems: list[Problem]) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(group, str) for group in given):
        problems.append(_problem("groups", "must be a list of texts"))
        return []
    return given


def _checked(
    user: str | None, groups: list[str], attributes: Mapping[str, Any], problems: list[Problem]
) -> Context:
    for name, value in (("user", user), ("groups", groups)):
        problems += [_problem(name, fault) for fault in _faults(value)]
    if len(attributes) > MAX_ATTRIBUTES:
        problems.append(_problem("attributes", f"are more than {MAX_ATTRIBUTES}"))
    else:
        problems += [
            _problem(f"attributes.{name[:64]}", fault)
            for name, value in attributes.items()
            for fault in (*_faults(value), *_faults(name))
        ]
    if problems:
        raise _refusal(problems)
    return Context(user or None, tuple(groups), dict(attributes))


def _faults(value: object, *, inside: bool = False) -> tuple[str, ...]:
    """Tell what keeps a value from being an attribute; objects are let in and match nothing."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            return (f"is longer than {MAX_TEXT} characters",)
        return () if _is_unicode(value) else ("is not valid Unicode text",)
    if isinstance(value, float) and not math.isfinite(value):
        return ("must be a finite number",)
    if isinstance(value, list | dict) and len(value) > MAX_MEMBERS:
        return (f"has more than {MAX_MEMBERS} members",)
    if isinstance(value, list) and not inside:
        return tuple(dict.fromkeys(fault for member in value for fault in _faults(member, inside=True)))
    return ()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _problem(path: str, message: str, remedy: str = "") -> Problem:
    return Problem(message=message, path=path, remedy=remedy)


def _refusal(problems: list[Problem]) -> Refused:
    first = problems[0]
    detail = f"The context is not usable: '{first.path}' {first.message}."
    return Refused("invalid", detail, first.remedy, problems=tuple(problems))
