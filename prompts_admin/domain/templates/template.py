"""Templates: `{{name}}`, `{{> feature/name}}`, `{{#if name}}..{{else}}..{{/if}}` and nothing else.

Standard library only, since the SDK shares this. A template is parsed once into a tuple of parts; rendering
walks the parts once and joins what they print. Values are never parsed, so nothing in a value is ever
expanded, and no part can reach an attribute, an index, a function or a loop. Every other text is literal,
braces and line ends included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from prompts_admin.domain.templates.tags import TAG, TemplateError, suspicious, tags
from prompts_admin.domain.templates.value_text import is_falsy, print_value

__all__ = [
    "MissingVariable",
    "Template",
    "TemplateError",
    "compile_template",
    "inline",
    "remembered",
    "suspicious",
]

MAX_CHARACTERS = 10_000_000
"""The most characters of one rendering: a short template can print a long value many times."""

_SHORT = 10_000
"""Of texts with up to so many characters many are remembered parsed: versions share most of theirs."""

MAX_DEPTH = 50
"""How deep `{{#if}}` may nest."""


class MissingVariable(ValueError):
    """A variable that is printed has no value; `name` is the variable."""

    code = "missing_variable"

    def __init__(self, name: str) -> None:
        super().__init__(f"The variable '{name}' is required and was not given.")
        self.name = name


class TooLong(ValueError):
    """What is printed has more characters than allowed."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class Variable:
    """A tag that prints a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Include:
    """A tag that stands for a snippet's text; `reference` as typed, for instance `support/tone@2`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An `{{#if}}` with the parts of both branches."""

    name: str
    then: Parts
    otherwise: Parts


Part = str | Variable | Include | Choice
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; `variables` are the names printed or tested, `includes` the references as typed."""

    parts: Parts
    variables: tuple[str, ...]
    includes: tuple[str, ...]

    def render(self, values: Mapping[str, Any], *, max_characters: int = MAX_CHARACTERS) -> str:
        """Return the text with each variable printed once.

        Raises TooLong for more than `max_characters`, MissingVariable for a printed name that `values`
        lacks (a tested one counts as false), and TemplateError for an include that was not inlined.
        """
        page = _Page([], max_characters)
        _write(self.parts, values, page.write)
        return "".join(page.texts)


def compile_template(text: str) -> Template:
    """Parse `text` once; raises TemplateError, which knows the line, for blocks that do not match."""
    parts = _parse(text)
    found = list(_walk(parts))
    names = [part.name for part in found if not isinstance(part, Include)]
    references = [part.reference for part in found if isinstance(part, Include)]
    return Template(parts, tuple(dict.fromkeys(names)), tuple(dict.fromkeys(references)))


def remembered(text: str) -> Template:
    """Return the same as `compile_template`; one look at an artifact parses most of its texts many times."""
    return _short(text) if len(text) <= _SHORT else _long(text)


def inline(text: str, snippets: Mapping[str, str]) -> str:
    """Return `text` with each include replaced by the text that `snippets` has for its reference as typed.

    Raises KeyError for an include that `snippets` lacks. What is put in is not searched for includes again.
    """
    return TAG.sub(lambda tag: snippets[tag["include"]] if tag["include"] else tag[0], text)


@lru_cache(maxsize=1_000)
def _short(text: str) -> Template:
    return compile_template(text)


@lru_cache(maxsize=8)
def _long(text: str) -> Template:
    return compile_template(text)


@dataclass(slots=True)
class _Page:
    """The texts printed so far, and how many characters are still allowed."""

    texts: list[str]
    left: int

    def write(self, text: str) -> None:
        self.left -= len(text)
        if self.left < 0:
            raise TooLong("The text grows too long.")
        self.texts.append(text)


def _write(parts: Parts, values: Mapping[str, Any], write: Callable[[str], None]) -> None:
    for part in parts:
        if isinstance(part, str):
            write(part)
        elif isinstance(part, Variable):
            if part.name not in values:
                raise MissingVariable(part.name)
            write(print_value(values[part.name]))
        elif isinstance(part, Choice):
            _write(part.otherwise if is_falsy(values.get(part.name)) else part.then, values, write)
        else:
            raise TemplateError(f"The include '{part.reference}' was not inlined.", 1)


def _walk(parts: Parts) -> Iterator[Variable | Include | Choice]:
    for part in parts:
        if isinstance(part, str):
            continue
        yield part
        if isinstance(part, Choice):
            yield from _walk(part.then)
            yield from _walk(part.otherwise)


@dataclass(slots=True)
class _Block:
    """An `{{#if}}` that is still open while parsing; the outermost one has no name."""

    name: str
    line: int
    then: Parts | None
    parts: list[Part]


def _parse(text: str) -> Parts:
    stack = [_Block("", 1, None, [])]
    for tag in tags(text):
        if tag.kind == "if":
            stack.append(_Block(tag.value, tag.line, None, []))
            if len(stack) > MAX_DEPTH + 1:
                raise TemplateError(f"'{{{{#if}}}}' is nested more than {MAX_DEPTH} deep.", tag.line)
        elif tag.kind == "else":
            _turn(stack[-1], tag.line)
        elif tag.kind == "end":
            _close(stack, tag.line)
        else:
            stack[-1].parts.append(_leaf(tag.kind, tag.value))
    if len(stack) > 1:
        raise TemplateError(f"'{{{{#if {stack[-1].name}}}}}' has no '{{{{/if}}}}'.", stack[-1].line)
    return tuple(stack[0].parts)


def _leaf(kind: str, value: str) -> Part:
    if kind == "text":
        return value
    return Variable(value) if kind == "name" else Include(value)


def _turn(block: _Block, line: int) -> None:
    if not block.name or block.then is not None:
        raise TemplateError("'{{else}}' stands outside of an '{{#if}}' or a second time in it.", line)
    block.then, block.parts = tuple(block.parts), []


def _close(stack: list[_Block], line: int) -> None:
    block = stack.pop()
    if not block.name:
        raise TemplateError("'{{/if}}' closes nothing.", line)
    first, last = block.then, tuple(block.parts)
    choice = Choice(block.name, last, ()) if first is None else Choice(block.name, first, last)
    stack[-1].parts.append(choice)
