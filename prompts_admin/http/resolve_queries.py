"""What the query of `GET /resolve/...` asks, read in one place for both faces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_to_bytes

from prompts_admin.domain.errors import ProductError, Refused, Usage
from prompts_admin.domain.targeting.contexts import Context, context_from_query

MOST_PARAMETERS = 2_000
CONTEXTS = 4_096
"""How many contexts of GETs are remembered: many clients ask with the same words again and again."""

SHORT = 1_000
"""Of a query, in bytes: it can state no more groups or attributes, and no longer ones, than are allowed."""

_FORCING = ("stage", "version")
_FORCED = re.compile(rb"(?:^|&)(?:stage|version)(?:=|&|$)")


@dataclass(frozen=True, slots=True)
class Question:
    """Whose answer is wanted, and perhaps of which stage or version whoever asks."""

    context: Context
    stage: str | None = None
    version: int | None = None

    @property
    def is_forced(self) -> bool:
        """True when a stage or a version is named: that is for people, and looked up each time."""
        return self.stage is not None or self.version is not None


def question_of(query: bytes) -> Question:
    """Return what a query asks; raises Usage("malformed") and Refused("invalid"), as `context_from_query` does."""
    text = query.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        detail = f"The query has more than {MOST_PARAMETERS} parameters."
        raise Usage("malformed", detail, "Send the context by POST, with fewer members.") from error
    stage, version = (_once(name, [given for n, given in pairs if n == name]) for name in _FORCING)
    context = context_from_query([pair for pair in pairs if pair[0] not in _FORCING])
    return Question(context, stage, None if version is None else _number(version))


def forces(query: bytes) -> bool:
    """Tell whether a query names a stage or a version, however it is written; never no where it does."""
    return _FORCED.search(unquote_to_bytes(query)) is not None


@lru_cache(CONTEXTS)
def plain_context_of(query: bytes) -> Context | None:
    """Return the context of a query that forces nothing and can be used, else None."""
    try:
        return _simple(query) or (None if forces(query) else question_of(query).context)
    except ProductError:
        return None


def _once(name: str, given: Sequence[str]) -> str | None:
    if len(given) > 1:
        raise Usage("malformed", f"The parameter '{name}' stands twice.", "Send it once.")
    return given[0] if given else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        raise Refused("invalid", "The parameter 'version' is no number of a version.", "Send version=7.")
    return int(text)


def _simple(query: bytes) -> Context | None:
    """Read what most clients send in a tenth of the time: short, nothing escaped, nothing but a context."""
    if len(query) > SHORT or not query.isascii() or b"%" in query or b"+" in query:
        return None
    user: str | None = None
    groups: list[str] = []
    attributes: dict[str, str] = {}
    for part in query.decode("ascii").split("&"):
        name, _, text = part.partition("=")
        if name == "group":
            groups.append(text)
        elif name == "user" and user is None:
            user = text
        elif name.startswith("attr.") and name[5:] not in attributes:
            attributes[name[5:]] = text
        else:
            return None
    return Context(user or None, tuple(groups), attributes)
