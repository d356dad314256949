"""Reading one YAML 1.2 document as plain JSON values with the line of each path, refusing all else.

The events are read one by one, so that a bomb is refused where it begins and nothing is ever built from it:
no anchors, aliases, tags, merge keys, second documents, duplicate keys or keys that are no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scanner import Scanner

from prompts_admin.domain.problems import Findings
from prompts_admin.domain.yaml_text.builder import Builder

MAX_PIECES = 60_000
"""The most words in plain and quoted scalars together; block text, for long texts, is not counted."""


@dataclass(frozen=True)
class Document:
    """A value and, for each path in it, its line; a path with `|` added is where its block text begins."""

    value: Any
    lines: Mapping[str, int]


def read_yaml(text: str, *, file: str = "") -> Document:
    """Return the one document in `text`, which the caller has bounded in size.

    Raises Refused("invalid_content") with the problem, its line and a remedy.
    """
    found = Findings(file=file)
    builder = Builder(found, {})
    parser = YAML(typ="safe", pure=True)
    parser.Scanner = _Scanner
    try:
        for event in parser.parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        _say_syntax(error, found)
    except (YAMLError, ValueError, OverflowError, IndexError) as error:
        reason = str(error).partition("\n")[0]
        found.say(
            "", f"This cannot be read as YAML: {reason}.", "Write unusual characters as '\\uXXXX' in quotes."
        )
    found.refuse()
    return Document(builder.root, builder.lines)


class _Scanner(Scanner):
    """The parser's scanner, with a limit on the words that it goes through one by one, which is slow."""

    _pieces = 0

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
        """Count a word of a plain scalar."""
        self._count()
        return super().scan_plain_spaces(indent, start_mark)

    def scan_flow_scalar_spaces(self, double: Any, start_mark: Any) -> Any:
        """Count a word of a quoted scalar."""
        self._count()
        return super().scan_flow_scalar_spaces(double, start_mark)

    def _count(self) -> None:
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            problem, mark = "so much text in quotes takes too long to read", self.reader.get_mark()
            raise MarkedYAMLError(
                problem=problem, problem_mark=mark, note="Write long text as a block, after '|'."
            )


def _say_syntax(error: MarkedYAMLError, found: Findings) -> None:
    reason = (error.problem or error.context or "it is not YAML").strip()
    mark = error.problem_mark or error.context_mark
    if "end of stream" in reason and error.context_mark:
        mark = error.context_mark
    remedy = error.note or _remedy(reason)
    found.at_line(mark.line + 1 if mark else 1, "", f"This is not YAML: {reason}.", remedy)


def _remedy(reason: str) -> str:
    if "\\t" in reason:
        return "Indent with spaces, not with tabs."
    if "mapping values" in reason:
        return "Put quotes around text that contains ': '."
    return "Check the indentation and the quotes in this line and the one before."
