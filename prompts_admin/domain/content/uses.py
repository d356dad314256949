"""Which variables the texts use, against those that are declared here or by an included snippet."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.content.texts import placeholders_of, texts_of
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.templates.tags import TemplateError
from prompts_admin.domain.templates.template import Template, remembered


def check_templates(content: Mapping[str, Any], found: Findings) -> None:
    """Note each text whose blocks do not match or whose tag is broken, with its line."""
    for path, text in texts_of(content):
        try:
            remembered(text)
        except TemplateError as error:
            found.say(path, str(error), "Correct the tag.", text_line=error.line)


def check_uses(
    content: Mapping[str, Any], snippets: Mapping[str, Mapping[str, Any]], found: Findings
) -> None:
    """Note undeclared and unused variables, and types on which two declarations differ.

    `snippets` has the declarations of each included snippet by its key. A placeholder needs no declaration;
    one that it has must be a list.
    """
    own = content.get("variables", {})
    inherited = {name for declared in snippets.values() for name in declared}
    known = inherited | set(own)
    used = set(_placeholders(own, content, found))
    for path, text in texts_of(content):
        template = remembered(text)
        used.update(template.variables)
        _say_undeclared(template, known, path, text, found)
    for name in own:
        if name not in used | inherited:
            found.say(
                at("variables", name), f"'{name}' is declared and used nowhere.", "Use it, or take it out."
            )
    _check_types(own, snippets, found)


def _placeholders(own: Mapping[str, Any], content: Mapping[str, Any], found: Findings) -> Iterator[str]:
    for path, name in placeholders_of(content):
        yield name
        if own.get(name, {}).get("type", "list") != "list":
            found.say(
                path,
                f"takes a list of messages, but '{name}' is declared otherwise.",
                "Make its type 'list'.",
            )


def _say_undeclared(template: Template, known: set[str], path: str, text: str, found: Findings) -> None:
    for name in template.variables:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, 1, 0.75)
        remedy = f"Did you mean '{near[0]}'?" if near else f"Declare '{name}' under 'variables'."
        line = text.count("\n", 0, max(text.find(name), 0)) + 1
        found.say(path, f"'{name}' is used and not declared.", remedy, text_line=line)


def _check_types(own: Mapping[str, Any], snippets: Mapping[str, Mapping[str, Any]], found: Findings) -> None:
    first: dict[str, tuple[str, str]] = {name: (declared["type"], "here") for name, declared in own.items()}
    for key, declared_there in snippets.items():
        for name, declared in declared_there.items():
            kind, where = first.setdefault(name, (declared["type"], f"in '{key}'"))
            if kind != declared["type"]:
                message = f"'{name}' is declared as {kind} {where} and as {declared['type']} in '{key}'."
                found.say(at("variables", name), message, "Make the types agree, or rename one.")
