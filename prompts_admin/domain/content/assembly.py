"""The value that serving code gets: snippets inlined, their variables merged in, models filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prompts_admin.domain.content.json_values import plain
from prompts_admin.domain.content.references import pins_of
from prompts_admin.domain.content.texts import texts_of
from prompts_admin.domain.errors import Problem
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import parse_reference
from prompts_admin.domain.problems import refuse_all
from prompts_admin.domain.templates.tags import TemplateError
from prompts_admin.domain.templates.template import inline, remembered

MAX_DEPTH = 5
"""How deep snippets may include snippets, and models fall back to models."""

MAX_CHARACTERS = 10_000_000
"""The most characters of a text with its snippets in it: five levels can multiply a small text by a lot."""

Lookup = Callable[[str, int], Mapping[str, Any]]
Chain = tuple[str, ...]


def assemble(content: Mapping[str, Any], lookup: Lookup) -> Json:
    """Return the `value` of `get` for a stored content.

    A prompt has `{messages, variables, model, response_format, tools}`, a model `{provider, name, params,
    fallbacks}`, a snippet `{text, variables}`. `lookup` returns the stored content of a pinned (key,
    version); what it raises is not caught. Raises Refused("invalid_content") for loops, more than five
    levels, and texts that do not fit together.
    """
    kind = content["kind"]
    if kind == "model":
        return _model(content, lookup, ())
    if kind == "snippet":
        return {
            "text": _inlined(content, content["text"], lookup, ()),
            "variables": variables_of(content, lookup),
        }
    return {
        "messages": [_message(content, message, lookup) for message in content["messages"]],
        "variables": variables_of(content, lookup),
        "model": _pinned_model(content, content["model"], lookup, ()) if "model" in content else None,
        "response_format": plain(content.get("response_format")),
        "tools": plain(content.get("tools")),
    }


def variables_of(content: Mapping[str, Any], lookup: Lookup) -> Json:
    """Return the declarations that count for a prompt or snippet: its own, then those of what it includes.

    Its own come first. Of two snippets' declarations the one that is required and has no default wins, then
    the first.
    """
    own: Json = plain(content.get("variables", {}))
    inherited: Json = {}
    for snippet in _included(content, lookup, ()):
        for name, declared in snippet.get("variables", {}).items():
            if name not in inherited or (_demands(declared) and not _demands(inherited[name])):
                inherited[name] = plain(declared)
    return own | {name: declared for name, declared in inherited.items() if name not in own}


def _demands(declared: Mapping[str, Any]) -> bool:
    return bool(declared.get("required")) and "default" not in declared


def _message(content: Mapping[str, Any], message: Mapping[str, Any], lookup: Lookup) -> Json:
    if "placeholder" in message:
        return dict(message)
    return {"role": message["role"], "content": _inlined(content, message["content"], lookup, ())}


def _inlined(content: Mapping[str, Any], text: str, lookup: Lookup, chain: Chain) -> str:
    """Return a text of `content` with the snippets' texts in it, each with its own snippets in it."""
    template = remembered(text)
    if not template.includes:
        return text
    snippets, names = {}, set(template.variables)
    for include in template.includes:
        key, snippet = _pinned(content, include, lookup, chain)
        snippets[include] = _inlined(snippet, snippet["text"], lookup, (*chain, key))
        names.update(remembered(snippets[include]).variables)
    whole = inline(text, snippets)
    _check_whole(whole, names, chain)
    return whole


def _check_whole(text: str, names: set[str], chain: Chain) -> None:
    """Refuse texts whose ends make a tag that stands in neither of them, and texts that grew too large."""
    try:
        fits = len(text) <= MAX_CHARACTERS and set(remembered(text).variables) <= names
        fits = fits and not remembered(text).includes
    except TemplateError:
        fits = False
    if not fits:
        _refuse(
            "The text does not fit together with its snippets.",
            "Look at the braces around the includes.",
            chain,
        )


def _included(content: Mapping[str, Any], lookup: Lookup, chain: Chain) -> Iterator[Mapping[str, Any]]:
    for _, text in texts_of(content):
        for include in remembered(text).includes:
            key, snippet = _pinned(content, include, lookup, chain)
            yield snippet
            yield from _included(snippet, lookup, (*chain, key))


def _model(content: Mapping[str, Any], lookup: Lookup, chain: Chain) -> Json:
    return {
        "provider": content["provider"],
        "name": content["name"],
        "params": plain(content.get("params", {})),
        "fallbacks": [_pinned_model(content, name, lookup, chain) for name in content.get("fallbacks", ())],
    }


def _pinned_model(content: Mapping[str, Any], reference: str, lookup: Lookup, chain: Chain) -> Json:
    key, model = _pinned(content, reference, lookup, chain)
    pin = pins_of(content)[key]
    return {"key": key, **pin.as_json(), **_model(model, lookup, (*chain, key))}


def _pinned(
    content: Mapping[str, Any], reference: str, lookup: Lookup, chain: Chain
) -> tuple[str, Mapping[str, Any]]:
    """Return the key and stored content of a reference; `chain` are the keys that led here."""
    key = parse_reference(reference).key
    if key in chain:
        _refuse(f"'{key}' contains itself: {' > '.join((*chain, key))}.", "Take one of them out.", chain)
    if len(chain) == MAX_DEPTH:
        _refuse(f"More than {MAX_DEPTH} levels: {' > '.join((*chain, key))}.", "Include less deeply.", chain)
    return key, lookup(key, pins_of(content)[key].version)


def _refuse(message: str, remedy: str, chain: Chain) -> None:
    place = f" (in '{chain[-1]}')" if chain else ""
    refuse_all("invalid_content", [Problem(f"{message}{place}", remedy=remedy)])
