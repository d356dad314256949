"""Finds documents by name; importing this module imports all of them, which takes a command's tenth of a second."""

from __future__ import annotations

from functools import cache
from itertools import chain

from prompts_admin.schemas import artifacts, base, people, records, releases, settings
from prompts_admin.schemas.base import Document, ListOf

LIST = "list of "


@cache
def document_named(name: str) -> type[Document]:
    """Return the document of a name as the table of operations writes it: `Release`, `list of Release`."""
    if name.startswith(LIST):
        inner = _all()[name.removeprefix(LIST)]
        return ListOf[inner]  # type: ignore[valid-type]
    return _all()[name]


@cache
def _all() -> dict[str, type[Document]]:
    modules = (artifacts, base, people, records, releases, settings)
    found = chain.from_iterable(vars(module).items() for module in modules)
    return {name: kind for name, kind in found if isinstance(kind, type) and issubclass(kind, Document)}
