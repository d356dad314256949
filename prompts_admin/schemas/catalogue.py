"""Finds documents by name; importing this module imports all of them."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import Any

from typing_extensions import is_typeddict

from prompts_admin.schemas import artifacts, base, people, records, releases, settings
from prompts_admin.schemas.base import ListOf

LIST = "list of "


@cache
def document_named(name: str) -> Any:
    """Return the TypedDict of a name as the table of operations writes it: `Release`, `list of Release`."""
    if name.startswith(LIST):
        return ListOf[_all()[name.removeprefix(LIST)]]  # type: ignore[misc]
    return _all()[name]


@cache
def _all() -> dict[str, Any]:
    modules = (artifacts, base, people, records, releases, settings)
    found = chain.from_iterable(vars(module).items() for module in modules)
    return {name: kind for name, kind in found if is_typeddict(kind)}
