"""The one gate for text on its way into a use case: what no database and no audit can hold goes no further."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from prompts_admin.domain.errors import Refused

CHECKED_LATER = frozenset({"content", "text", "files"})
"""Fields of requests that hold contents: their own checks name file, line and path."""


def refuse_unstorable(values: Iterable[Any]) -> None:
    """Raise Refused("invalid") for text with a NUL or half a surrogate pair among the arguments of a use case."""
    for value in values:
        if isinstance(value, str):
            _check(value)
        elif isinstance(value, (tuple, list)):
            refuse_unstorable(value)
        elif is_dataclass(value):
            refuse_unstorable(
                getattr(value, field.name) for field in fields(value) if field.name not in CHECKED_LATER
            )


def _check(text: str) -> None:
    if "\0" in text or not _has_utf8(text):
        detail = f"{text[:60]!a} has a character that cannot be stored: a NUL or half of a surrogate pair."
        raise Refused("invalid", detail, "Take it out.")


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
