"""How values read: moments, shares, names of things."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from prompts_admin.schemas.records import Readers

_STEPS = ((60, 60, "min"), (3600, 24, "h"), (86_400, 14, "d"))
_PLACES = (
    (re.compile(r"messages\[(\d{1,9})\](?:\.content)?"), "Message {}:"),
    (re.compile(r"variables\.(\w+)(?:\.\w+)?"), "Variable {}:"),
    (re.compile(r"values\.(\w+)"), "Value {}:"),
)
STATES = {
    "proposed": "wait",
    "approved": "go",
    "live": "live",
    "current": "live",
    "refused": "bad",
    "rolled_back": "bad",
    "stale": "off",
    "withdrawn": "off",
    "superseded": "off",
    "applied": "live",
    "undone": "off",
}
"""State of a release, an item or a settings change -> tone of its mark."""


def moment(value: str | datetime) -> datetime:
    """Read a moment of a document."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def full_time(value: str | datetime) -> str:
    """Return a moment to the second, in UTC: 22 Nov 2026, 05:37:12 UTC."""
    return f"{moment(value).astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"


def ago(value: str | datetime, now: datetime) -> str:
    """Return how long ago, or in how long, a moment is; beyond two weeks its date."""
    there = moment(value)
    seconds = int((now - there).total_seconds())
    distance = abs(seconds)
    if distance < 60:
        return "just now" if seconds >= 0 else "in a moment"
    for unit, most, name in _STEPS:
        if distance < unit * most:
            shown = f"{distance // unit} {name}"
            return f"{shown} ago" if seconds >= 0 else f"in {shown}"
    return f"{there.astimezone(UTC):%-d %b %Y}"


def lasted(seconds: int) -> str:
    """Return a length of time in its largest unit: 12 days, 1 hour."""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(seconds // size, name)
    return "less than a minute"


def joined(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last


def when(value: str | datetime | None, now: datetime) -> Markup:
    """Return a moment as an element: relative to read, exact on hovering and for programs."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment(value).isoformat(), full_time(value), ago(value, now)
    )


def percent(value: float | None) -> str:
    """Return a share: 10 %, 0.5 %."""
    return "" if value is None else f"{value:g} %"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: 1 prompt, 2 prompts."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def readers_line(found: Readers) -> str:
    """Return how many readers serve a revision, and never more than is known."""
    if found["live"]:
        line = f"{found['on']} of {plural(found['live'], 'reader')} on revision {found['revision']}"
    else:
        line = "No reader is connected"
    if found["asking"]:
        asking = plural(found["asking"], "client that only asks", "clients that only ask")
        line += f"; {asking} (OFREP, REST, CDN), seen in the last minute"
    return f"{line}."


def human(value: str) -> str:
    """Return a machine's word as people write it: rolled_back -> rolled back."""
    return value.replace("_", " ")


def tone(state: str) -> str:
    """Return the tone of a state's mark."""
    return STATES.get(state, "off")


def breakable(key: str) -> Markup:
    """Return a key that may break after its slash on a narrow screen."""
    return Markup("/<wbr>").join(escape(part) for part in key.split("/"))


def place(path: str) -> str | Markup:
    """Return where in a file a path points, for somebody who writes in fields: message 2, variable region."""
    for pattern, words in _PLACES:
        if match := pattern.fullmatch(path):
            return words.format(*(int(part) + 1 if part.isdigit() else part for part in match.groups()))
    return Markup("<code>{}</code>").format(path)


FILTERS: dict[str, Callable[..., Any]] = {
    "ago": ago,
    "breakable": breakable,
    "full_time": full_time,
    "human": human,
    "percent": percent,
    "place": place,
    "plural": plural,
    "readers_line": readers_line,
    "tone": tone,
    "when": when,
}


def told(term: Mapping[str, Any]) -> str:
    """Return how long a version was live, and in which roles it was signed."""
    roles = joined(sorted({signature["role"] for signature in term["signed"]}))
    return f"live {lasted(term['seconds'])}, {f'signed by {roles}' if roles else 'not signed'}"
