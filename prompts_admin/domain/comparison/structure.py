"""What changed in structured values, as sentences: `temperature 0.2 -> 0.7`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.problems import at
from prompts_admin.domain.text.invisible_characters import make_visible

MOST_PARTS = 5_000
_SHOWN = 200


@dataclass(frozen=True)
class Difference:
    """One place that differs; `before` or `after` is None where `was_there` or `is_there` is false."""

    path: str
    before: Any
    after: Any
    was_there: bool = True
    is_there: bool = True

    @property
    def sentence(self) -> str:
        """Return it as people read it."""
        if not self.was_there:
            return f"{self.path} added: {shown(self.after)}"
        if not self.is_there:
            return f"{self.path} removed (was {shown(self.before)})"
        return f"{self.path} {shown(self.before)} -> {shown(self.after)}"


def differences(before: Any, after: Any, path: str = "") -> tuple[Difference, ...]:
    """Return the places where two plain JSON values differ, by path; `path` is where both stand.

    Values of more than 5,000 parts are one difference as a whole. 1 and 1.0 are the same number.
    """
    if before == after and type(before) is type(after):
        return ()
    if _size(before) + _size(after) > MOST_PARTS or not _both(before, after):
        return (Difference(path, before, after),)
    return tuple(sorted(_deep(before, after, path), key=lambda difference: difference.path))


def shown(value: Any) -> str:
    """Return a value as short text: text in quotes, all else as JSON, unseen characters by name."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return make_visible(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _both(before: Any, after: Any) -> bool:
    return any(isinstance(before, kind) and isinstance(after, kind) for kind in (dict, list))


def _deep(before: Any, after: Any, path: str) -> Iterator[Difference]:
    from deepdiff import DeepDiff  # a quarter of a second, which most commands and pages need not pay

    found = DeepDiff(before, after, view="tree", ignore_numeric_type_changes=True)
    for kind, levels in found.items():
        for level in levels:
            yield Difference(
                _path(path, level.path(output_format="list")),
                None if kind.endswith("_added") else level.t1,
                None if kind.endswith("_removed") else level.t2,
                was_there=not kind.endswith("_added"),
                is_there=not kind.endswith("_removed"),
            )


def _path(path: str, steps: list[Any]) -> str:
    for step in steps:
        path = at(path, step)
    return path


def _size(value: Any) -> int:
    """Return how many parts a value has, counted no further than needed."""
    stack, parts = [value], 0
    while stack and parts <= MOST_PARTS:
        inner = stack.pop()
        parts += 1
        if isinstance(inner, dict):
            stack.extend(inner.values())
        elif isinstance(inner, list):
            stack.extend(inner)
    return parts
