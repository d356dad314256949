"""The output: the answer to standard output, everything said beside it to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from prompts_cli.failures import Failure
from prompts_cli.terminal_text import one_line, visible

View = Callable[[Any], None]


class Output:
    """Prints answers; with `json` the document alone goes to standard output, also when it is a problem."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json

    def answer(self, document: Any, view: View) -> None:
        """Print `document`: as JSON, or through `view` for people."""
        if self.json:
            print_json(document)
        else:
            view(document)

    def hint(self, text: str) -> None:
        """Say something beside the answer."""
        say(text)

    def failed(self, failure: Failure) -> None:
        """Print why the command failed and what to do next."""
        if self.json:
            print_json(failure.problem)
        for line in explained(failure.problem):
            say(line)


def print_json(document: Any) -> None:
    """Write one JSON document and a line feed to standard output."""
    # JSON can escape every letter, so that a stream of another encoding gets a whole document too.
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=plain) + "\n")


def print_text(text: str) -> None:
    """Write text to standard output as it stands."""
    sys.stdout.write(text)


def say(text: str) -> None:
    """Write a line to standard error, with control characters made visible."""
    sys.stderr.write(visible(text) + "\n")


def explained(problem: Mapping[str, Any]) -> list[str]:
    """Return the lines that tell a person about a problem document: what, where, ready commands, what next."""
    detail = str(problem.get("detail") or problem.get("title") or "The request failed.")
    placed = [_placed(one) for one in problem.get("problems", ()) if isinstance(one, dict)]
    lines = [f"error: {detail}", *(f"  {one}" for one in placed if one not in detail)]
    commands = (str(command).removeprefix("prompts-admin ") for command in problem.get("commands", ()))
    lines += [f"  prompts-admin {command}" for command in commands]
    for check in problem.get("checks", ()):
        if isinstance(check, dict):
            told = one_line(str(check.get("detail", "")))
            lines.append(f"  {check.get('name')}: {check.get('outcome')}, {told}")
    if problem.get("remedy"):
        lines.append(f"next: {problem['remedy']}")
    return lines


def _placed(problem: Mapping[str, Any]) -> str:
    place = ":".join(str(problem[part]) for part in ("file", "line") if problem.get(part))
    text = " ".join(str(problem[part]) for part in ("message", "remedy") if problem.get(part))
    return ": ".join(part for part in (place, problem.get("path", ""), one_line(text)) if part)
