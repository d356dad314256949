"""Reading a table of settings from the environment: names, secret files, and what is wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import Field, field
from pathlib import Path
from typing import Any

from prompts_admin.domain.errors import Problem
from prompts_admin.settings.values import Check

PREFIX = "PROMPTS_ADMIN_"
# Read by the tests and by the build, in whose environment a server may be started.
_FOREIGN = ("PROMPTS_ADMIN_TEST_", "PROMPTS_ADMIN_BUILD_")

Table = tuple[Field[Any], ...]


def setting(default: Any, check: Check, meaning: str, *, secret: bool = False) -> Any:
    """Describe one field of a table of settings."""
    metadata = {"check": check, "help": meaning, "secret": secret}
    return field(default=default, metadata=metadata, repr=not secret)


def read_environment(table: Table, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values that `environ` sets, by field name, and everything that is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for entry in table:
        try:
            found = _value(entry, environ)
        except ValueError as error:
            problems.append(Problem(str(error), path=PREFIX + entry.name.upper()))
        else:
            values.update({} if found is None else {entry.name: found})
    return values, [*problems, *_unknown(table, environ)]


def _value(entry: Field[Any], environ: Mapping[str, str]) -> Any:
    """Return the checked value of a setting, None when it is not set; raise ValueError when it is wrong."""
    name = PREFIX + entry.name.upper()
    raw, file = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if file and entry.metadata["secret"]:
        if raw:
            raise ValueError(f"is set together with {name}_FILE. Set one of the two.")
        raw = _content(Path(file))
    return entry.metadata["check"].parse(raw.strip()) if raw.strip() else None


def _content(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read from its file: {type(error).__name__}.") from None
    if not text:
        raise ValueError("is read from a file that is empty.")
    return text


def _unknown(table: Table, environ: Mapping[str, str]) -> Iterable[Problem]:
    """Name every variable with our prefix that is no setting, with the nearest one that is."""
    known = {PREFIX + entry.name.upper() for entry in table}
    known |= {f"{PREFIX}{entry.name.upper()}_FILE" for entry in table if entry.metadata["secret"]}
    strangers = (name for name in sorted(environ) if name.startswith(PREFIX) and name not in known)
    return [
        Problem("is no setting.", path=name, remedy=_suggestion(name, known))
        for name in strangers
        if not name.startswith(_FOREIGN)
    ]


def _suggestion(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    return f"Did you mean {near[0]}?" if near else "Remove it."
