"""What a value may hold before any field is looked at: plain JSON, of bounded depth and number of parts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.problems import Findings, at, kind_of

MAX_DEPTH = 50
MAX_PARTS = 50_000
MAX_NAME = 500
SAFE_INTEGER = 2**53 - 1

_UNUSABLE = re.compile("[\0\ud800-\udfff]")


def check_json(value: Any, found: Findings) -> None:
    """Note what is no JSON that every program reads alike; walks without recursion, so that no bomb harms it.

    Raises Refused("too_large") for more than 50,000 parts.
    """
    stack: list[tuple[Any, str, int]] = [(value, "", 0)]
    parts = 0
    while stack and not found.is_full:
        inner, path, depth = stack.pop()
        parts += 1
        if parts > MAX_PARTS:
            raise Refused(
                "too_large", f"This has more than {MAX_PARTS} parts.", "Split it into several artifacts."
            )
        if isinstance(inner, (Mapping, list, tuple)):
            if depth == MAX_DEPTH:
                found.say(path, f"is nested more than {MAX_DEPTH} deep.", "Flatten it.")
                continue
            children = [(child, place, depth + 1) for child, place in _children(inner, path, found)]
            stack.extend(reversed(children))
        else:
            _check_leaf(inner, path, found)


def plain(value: Any) -> Any:
    """Return a copy of a checked value in dicts and lists, independent of the one given."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def _children(value: Any, path: str, found: Findings) -> Iterator[tuple[Any, str]]:
    if not isinstance(value, Mapping):
        yield from ((inner, at(path, index)) for index, inner in enumerate(value))
        return
    for name, inner in value.items():
        if not isinstance(name, str):
            found.say(path, f"has a name that is {kind_of(name)}, not text.", "Put quotes around it.")
        elif _UNUSABLE.search(name):
            found.say(
                path, "has a name with a NUL or half of a surrogate pair in it.", "Remove the character."
            )
        elif len(name) > MAX_NAME:
            found.say(path, f"has a name of {len(name)} characters; {MAX_NAME} are allowed.", "Shorten it.")
        else:
            yield inner, at(path, name)


def _check_leaf(value: Any, path: str, found: Findings) -> None:
    if isinstance(value, str):
        match = _UNUSABLE.search(value)
        if match:
            line = value.count("\n", 0, match.start()) + 1
            what = "a NUL character" if match[0] == "\0" else "half of a surrogate pair"
            found.say(path, f"contains {what}.", "Remove the character.", text_line=line)
    elif isinstance(value, bool) or value is None:
        return
    elif not isinstance(value, (int, float)):
        found.say(
            path,
            "is of a type that JSON does not have.",
            "Use text, a number, true, false, a list or an object.",
        )
    elif not math.isfinite(value):
        found.say(path, "is not a finite number.", "Write a number, or put quotes around it to make it text.")
    elif abs(value) > SAFE_INTEGER:
        found.say(
            path, "is a number beyond 2^53, which not every program keeps exactly.", "Put quotes around it."
        )
