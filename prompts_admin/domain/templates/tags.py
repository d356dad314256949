"""The tags of a template, and what looks like one but is plain text (standard library only)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = "[A-Za-z_][A-Za-z0-9_]{0,62}"
RESERVED = frozenset({"else"})

TAG = re.compile(
    r"\{\{[ \t]*(?:"
    rf"(?P<end>/if)|(?P<else>else)|(?P<name>{NAME})"
    rf"|\#if[ \t]+(?P<if>{NAME})"
    r"|>[ \t]*(?P<include>[a-z0-9][a-z0-9_-]{0,62}/[a-z0-9][a-z0-9_-]{0,62}(?:@[1-9][0-9]{0,8})?)"
    r")[ \t]*\}\}"
)
# Whoever writes these means our syntax, so a slip in them is an error and no literal text.
_BROKEN = re.compile(r"\{\{[ \t]*(?:>|\#if\b|/if\b|else\b)[^{}\n]{0,200}\}\}")
_DOUBLE_BRACES = re.compile(r"\{\{[^{}\n]{1,200}\}\}")


class TemplateError(ValueError):
    """A template whose blocks do not match or whose tag is broken; `line` counts from 1."""

    code = "template"

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Tag:
    """One piece of a template: `kind` is text, name, include, if, else or end."""

    kind: str
    value: str
    line: int


def tags(text: str) -> Iterator[Tag]:
    """Yield the pieces of `text` in order; raises TemplateError for an include, if or else gone wrong."""
    end, line = 0, 1
    for match in TAG.finditer(text):
        literal = text[end : match.start()]
        if literal:
            _refuse_broken(literal, line)
            yield Tag("text", literal, line)
            line += literal.count("\n")
        yield Tag(str(match.lastgroup), match[str(match.lastgroup)], line)
        end = match.end()
    if end < len(text):
        _refuse_broken(text[end:], line)
        yield Tag("text", text[end:], line)


def suspicious(text: str) -> list[tuple[int, str]]:
    """Return (line, text) of everything in double braces that is no tag and will be sent as it stands.

    `{{Name-x}}` is most likely a typing mistake and `{{7*7}}` an example; only the author can tell, so this
    warns.
    """
    found = []
    for match in _DOUBLE_BRACES.finditer(text):
        if TAG.fullmatch(match[0]) is None:
            found.append((text.count("\n", 0, match.start()) + 1, match[0]))
    return found


def _refuse_broken(literal: str, line: int) -> None:
    match = _BROKEN.search(literal)
    if match:
        where = line + literal.count("\n", 0, match.start())
        raise TemplateError(f"'{match[0]}' is not a tag: it must be {_meant(match[0])}.", where)


def _meant(tag: str) -> str:
    return (
        "'{{> feature/name}}' or '{{> feature/name@2}}'"
        if ">" in tag
        else "'{{#if name}}', '{{else}}' or '{{/if}}'"
    )
