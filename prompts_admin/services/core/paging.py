"""Lists a page at a time: how many, and the cursor of the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from prompts_admin.domain.errors import Usage
from prompts_admin.schemas.base import ListOf

T = TypeVar("T")
D = TypeVar("D")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MOST_DIGITS = 18
"""A larger number is no cursor of any list, and no column holds it."""


def page_size(limit: int | None) -> int:
    """Return how many rows to fetch: one more than asked for, to know whether there is a next page."""
    return max(1, min(limit or DEFAULT_LIMIT, MAX_LIMIT)) + 1


def page(
    rows: Sequence[T], limit: int | None, cursor: Callable[[T], str], document: Callable[[T], D]
) -> ListOf[D]:
    """Return {items, next}; `rows` were fetched with `page_size`."""
    size = page_size(limit) - 1
    shown = rows[:size]
    more = len(rows) > size
    return {"items": [document(row) for row in shown], "next": cursor(shown[-1]) if more else None}


def number_cursor(after: str | None) -> int | None:
    """Read a cursor that is a number; raises Usage `malformed`."""
    if not after:
        return None
    if not (after.isdecimal() and len(after) <= MOST_DIGITS):
        raise Usage(
            "malformed", f"'{after[:40]}' is no cursor of this list.", "Take `next` of the page before."
        )
    return int(after)
