"""Collecting everything that is wrong with an input, so that a person corrects it in one go."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from prompts_admin.domain.errors import Problem, Refused

MOST_PROBLEMS = 100
_LAST_STEP = re.compile(r"(?:\.[^.\[]*|\[[0-9]+\]|^[^.\[]+)$")
_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    type(None): "nothing",
}


def at(path: str, name: str | int) -> str:
    """Return the path of a field or of a list's item: `messages[0].content`."""
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


class Findings:
    """The problems of one input; `lines` gives the line of each path of a file.

    A path followed by `|` is where a block text begins, so that a problem inside of the text has its own
    line.
    """

    def __init__(self, *, file: str = "", lines: Mapping[str, int] | None = None) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._lines = lines or {}
        self._more = 0

    @property
    def is_full(self) -> bool:
        """True when more problems would help nobody."""
        return self._more > 0

    def say(self, path: str, message: str, remedy: str = "Correct it.", *, text_line: int = 0) -> None:
        """Note a problem at `path`; `text_line` counts from 1 inside of the text that stands there."""
        if len(self.problems) == MOST_PROBLEMS:
            self._more += 1
            return
        line = self._line(path, text_line)
        self.problems.append(Problem(message=message, path=path, file=self._file, line=line, remedy=remedy))

    def at_line(self, line: int, path: str, message: str, remedy: str) -> None:
        """Note a problem whose line is known to the caller."""
        self.problems.append(Problem(message=message, path=path, file=self._file, line=line, remedy=remedy))

    def refuse(self, code: str = "invalid_content") -> None:
        """Raise Refused(code) with every problem, when there is one."""
        if self.problems:
            refuse_all(code, self.problems, more=self._more)

    def fields(
        self, value: Any, path: str, known: Iterable[str], *, newer: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Return an object's fields that are not null, noting those that nobody knows; {} for no object.

        `newer` is for files, which a later version of the product may have written: fields that are unknown here,
        each with the version that knows it.
        """
        if not isinstance(value, Mapping):
            self.say(path, f"must be an object with fields, not {kind_of(value)}.")
            return {}
        known = tuple(known)
        for name in value:
            if name not in known:
                remedy = suggestion(name, known) if newer is None else _later(name, known, newer)
                self.say(at(path, name), f"'{name}' is not a field here.", remedy)
        return {name: inner for name, inner in value.items() if name in known and inner is not None}

    def text(self, value: Any, path: str, *, empty: bool = True, most: int | None = None) -> str:
        """Return `value` when it is text, of at most `most` characters; "" otherwise."""
        if not isinstance(value, str):
            is_bare = isinstance(value, (bool, int, float))
            remedy = "Put quotes around it." if is_bare else "Write it as text."
            self.say(path, f"must be text, not {kind_of(value)}.", remedy)
        elif not empty and not value.strip():
            self.say(path, "must not be empty.", "Write it, or leave the field out if it is optional.")
        elif most is not None and len(value) > most:
            self.say(path, f"has {len(value)} characters; {most} are allowed.", "Shorten it.")
        else:
            return value
        return ""

    def items(self, value: Any, path: str, *, most: int) -> list[Any]:
        """Return the items of a list of at most `most`; [] otherwise."""
        if not isinstance(value, (list, tuple)):
            self.say(path, f"must be a list, not {kind_of(value)}.")
        elif len(value) > most:
            self.say(path, f"has {len(value)} items; {most} are allowed.", "Take some out.")
        else:
            return list(value)
        return []

    def flag(self, value: Any, path: str) -> bool:
        """Return `value` when it is true or false; False otherwise."""
        if not isinstance(value, bool):
            self.say(path, f"must be true or false, not {kind_of(value)}.")
            return False
        return value

    def one_of(self, value: Any, path: str, choices: Iterable[str]) -> str:
        """Return `value` when it is one of the choices; "" otherwise."""
        choices = tuple(choices)
        if isinstance(value, str) and value in choices:
            return value
        shown = f"'{value}'" if isinstance(value, str) else kind_of(value)
        self.say(
            path,
            f"must be one of {', '.join(choices)}, not {shown[:80]}.",
            suggestion(str(value), choices, "Write one of them."),
        )
        return ""

    def _line(self, path: str, text_line: int) -> int | None:
        begins = self._lines.get(f"{path}|")
        if text_line and begins is not None:
            return begins + text_line - 1
        while path and path not in self._lines:
            shorter = _LAST_STEP.sub("", path)
            # A name may hold any character, so that a path need not end as a path does.
            path = shorter if shorter != path else ""
        return self._lines.get(path)


def refuse_all(code: str, problems: Iterable[Problem], *, more: int = 0) -> NoReturn:
    """Raise Refused(code) whose detail is the first problem and says how many others there are."""
    every = tuple(problems)
    first, others = every[0], len(every) - 1 + more
    place = ":".join(part for part in (first.file, str(first.line or "")) if part)
    named = ": ".join(part for part in (place, first.path, first.message) if part)
    tail = f" ({others} more problem{'s' if others > 1 else ''})" if others else ""
    raise Refused(code, f"{named}{tail}", first.remedy, problems=every)


def kind_of(value: Any) -> str:
    """Return what a value is, in words that a person without programming knows."""
    return _NAMES.get(type(value), "an object" if isinstance(value, Mapping) else "something else")


def suggestion(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """Return a next step for a name that is not known: the nearest one, or all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(name[:80], known, 1, 0.75)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Known are: {', '.join(known)}." if otherwise is None else otherwise


def _later(name: str, known: Iterable[str], newer: Mapping[str, str]) -> str:
    """Return a next step for a field that a later version of the product may know."""
    if name in newer:
        return f"Version {newer[name]} knows it: update, or leave the field out."
    told = suggestion(name, known, "")
    return told or f"{suggestion('', known)} A newer version may know it."
