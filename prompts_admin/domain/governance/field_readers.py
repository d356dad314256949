"""How the fields of a feature and of the workspace are read into their normal form; policies stand beside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.stages import STAGES
from prompts_admin.domain.targeting.audiences import parse_audience

Reader = Callable[[Any, str, Findings], Any]
"""Takes what a file or a body says, its path, and where problems are noted; gives the normal form."""

_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,180}")
_CONTROL = re.compile("[\0-\x1f\x7f]")


def read_label(most: int) -> Reader:
    """Return a reader of one line of text with at most `most` characters."""

    def read(value: Any, path: str, found: Findings) -> str:
        text = found.text(value, path, empty=False, most=most)
        if _CONTROL.search(text):
            found.say(path, "contains a control character.", "Write it on one line.")
        return text

    return read


def read_description(value: Any, path: str, found: Findings) -> str:
    """Return a text of any number of lines."""
    return found.text(value, path, most=10_000)


def read_email(value: Any, path: str, found: Findings) -> str:
    """Return an email address in lower case."""
    text = found.text(value, path).strip().lower()
    if text and _EMAIL.fullmatch(text) is None:
        found.say(path, f"'{text[:80]}' is not an email address.", "Write it as name@example.com.")
    return text


def read_link(value: Any, path: str, found: Findings) -> str:
    """Return the address of a page."""
    text: str = read_label(2_000)(value, path, found)
    if text and not text.startswith(("https://", "http://")):
        found.say(path, "must be a link that begins with https://.", "Copy it from the address bar.")
    return text


def read_classification(value: Any, path: str, found: Findings) -> str:
    """Return how sensitive the data of a feature is, one of `CLEARANCES`."""
    return found.one_of(value, path, CLEARANCES)


def read_audiences(value: Any, path: str, found: Findings) -> dict[str, Any]:
    """Return the audiences given, by stage."""
    audiences = {}
    for stage, audience in found.fields(value, path, STAGES).items():
        try:
            audiences[stage] = parse_audience(audience, path=at(path, stage)).as_json()
        except Refused as refusal:
            for problem in refusal.problems:
                found.say(problem.path, problem.message, problem.remedy)
    return audiences
