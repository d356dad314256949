"""Messages and their values: defaults, types, placeholders and limits (standard library only; the SDK
shares this).

null counts as not given. An optional variable without a value and default prints as nothing. Values of
variables that nobody declared are left alone and reported, since callers must be able to send the variables
of two versions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.templates.compiled_rendering import Quick, compile_quick
from prompts_admin.domain.templates.template import (
    MAX_CHARACTERS,
    MissingVariable,
    Template,
    TooLong,
    compile_template,
)
from prompts_admin.domain.templates.variable_types import TYPES, fits

Message = dict[str, Any]


class RenderError(ValueError):
    """A refusal of values; `code` is wrong_type, unknown_variable, too_large or unprintable."""

    def __init__(self, code: str, name: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages parsed once, to be rendered many times; a part is (role, template) or a placeholder's name."""

    parts: tuple[tuple[str, Template] | str, ...]
    variables: Mapping[str, Mapping[str, Any]]
    known: frozenset[str]
    quick: Quick | None = field(default=None, compare=False, repr=False)

    def render(
        self,
        values: Mapping[str, Any],
        *,
        strict: bool = False,
        on_ignored: Callable[[frozenset[str]], None] | None = None,
        max_characters: int = MAX_CHARACTERS,
    ) -> list[Message]:
        """Return the messages with `values` put in.

        `on_ignored` is told the names in `values` that nothing declares; with `strict` they are an error
        instead. `max_characters` bounds what the templates print together. Raises MissingVariable and
        RenderError.
        """
        if self.quick is not None and max_characters == MAX_CHARACTERS:
            done = self.quick(values)
            if done is not None:
                return done
        _report_unknown(frozenset(values) - self.known, strict, on_ignored)
        usable = _usable(self.variables, values)
        rendered: list[Message] = []
        left = max_characters
        for part in self.parts:
            if isinstance(part, str):
                rendered += _placeholder(part, usable.get(part))
            else:
                content = _print(part[1], usable, left)
                left -= len(content)
                rendered.append({"role": part[0], "content": content})
        return rendered


def compile_messages(
    messages: Iterable[Mapping[str, Any]], variables: Mapping[str, Mapping[str, Any]]
) -> Messages:
    """Parse the message templates once; raises TemplateError for one that breaks the rules of templates."""
    parts = tuple(
        str(message["placeholder"])
        if "placeholder" in message
        else (str(message["role"]), compile_template(message["content"]))
        for message in messages
    )
    used = {name for part in parts for name in ([part] if isinstance(part, str) else part[1].variables)}
    quick = compile_quick(parts, variables, _placeholder)
    return Messages(parts, variables, frozenset(used | set(variables)), quick)


def render_messages(
    messages: Iterable[Mapping[str, Any]],
    variables: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    strict: bool = False,
    on_ignored: Callable[[frozenset[str]], None] | None = None,
) -> list[Message]:
    """Return `messages` (of the `value` of a prompt) rendered with `values`; see `Messages.render`."""
    return compile_messages(messages, variables).render(values, strict=strict, on_ignored=on_ignored)


def values_from_text(variables: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]) -> Json:
    """Return typed values for what was typed as text (a form, `--var n=3`): text stays, all else is read as
    JSON.

    A text that is no JSON of the declared type stays text, so that rendering names the variable and its type.
    """
    return {name: _typed(variables.get(name, {}).get("type", "string"), text) for name, text in texts.items()}


def _typed(kind: str, text: str) -> Any:
    if kind == "string":
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if fits(kind, value) else text


def _report_unknown(
    names: frozenset[str], strict: bool, on_ignored: Callable[[frozenset[str]], None] | None
) -> None:
    if names and strict:
        name = min(names)
        raise RenderError("unknown_variable", name, f"The variable '{name}' is not declared.")
    if names and on_ignored is not None:
        on_ignored(names)


def _usable(variables: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> Json:
    """Return the values with defaults applied, each checked against its declaration."""
    usable = dict(values)
    for name, declared in variables.items():
        value = values.get(name)
        if value is None:
            if "default" not in declared and declared.get("required"):
                raise MissingVariable(name)
            usable[name] = declared.get("default")
        elif not fits(declared.get("type", "string"), value):
            wanted = TYPES[declared.get("type", "string")]
            raise RenderError("wrong_type", name, f"The variable '{name}' must be {wanted}.")
    return usable


def _print(template: Template, values: Mapping[str, Any], most: int) -> str:
    try:
        return template.render(values, max_characters=most)
    except MissingVariable:
        raise
    except TooLong as error:
        raise RenderError("too_large", "", "The messages grow too long with these values.") from error
    except (TypeError, RecursionError, ValueError) as error:
        raise RenderError("unprintable", "", f"A value cannot be printed: {error}.") from error


def _placeholder(name: str, value: Any) -> Iterable[Message]:
    if value is None:
        return
    if not isinstance(value, (list, tuple)):
        raise RenderError("wrong_type", name, f"The placeholder '{name}' takes a list of messages.")
    for message in value:
        if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
            raise RenderError(
                "wrong_type", name, f"Each message for '{name}' needs a 'role' and its content."
            )
        yield dict(message)
