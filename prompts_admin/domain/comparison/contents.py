"""The comparison of two contents, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from prompts_admin.domain.comparison.changes import Change, Comparison, structured_changes, text_change
from prompts_admin.domain.comparison.messages import message_changes
from prompts_admin.domain.comparison.references import reference_changes
from prompts_admin.domain.comparison.structure import differences, shown
from prompts_admin.domain.comparison.variables import variable_changes
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import at

Content = Mapping[str, Any]


def compare(old: Content | None, new: Content) -> Comparison:
    """Return what changed between two stored contents; without an old one, all that is there is new."""
    return Comparison(tuple(_changes(old or {}, new)))


def compare_settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in sentences what changed between two documents of settings."""
    return tuple(found.sentence for found in differences(dict(old), dict(new)))


def _changes(old: Content, new: Content) -> Iterator[Change]:
    before, after = old.get("description"), new.get("description")
    yield from text_change("description", before, after, classification="description")
    for name in ("provider", "name"):
        yield from _named("model", name, old.get(name), new.get(name))
    yield from structured_changes("parameters", "params", old.get("params", {}), new.get("params", {}))
    yield from reference_changes(old, new)
    yield from variable_changes(old.get("variables", {}), new.get("variables", {}))
    yield from message_changes(old.get("messages", ()), new.get("messages", ()))
    yield from text_change("text", old.get("text"), new.get("text"))
    yield from _response_format(old.get("response_format"), new.get("response_format"))
    yield from _tools(old, new)


def _named(classification: str, name: str, before: str | None, after: str | None) -> Iterator[Change]:
    if before != after:
        sentence = f"{name} {shown(after)}" if before is None else f"{name} {shown(before)} -> {shown(after)}"
        yield Change(classification, name, sentence, before, after)


def _response_format(before: Any, after: Any) -> Iterator[Change]:
    path, classification = "response_format", "tools_and_schema"
    if before is None and after is not None:
        yield Change(classification, path, f"response format '{after['type']}' added", None, after)
    elif after is None and before is not None:
        yield Change(classification, path, f"response format '{before['type']}' removed", before, None)
    else:
        for found in structured_changes(classification, path, before, after):
            yield replace(found, sentence=f"response format {found.sentence}")


def _tools(old: Content, new: Content) -> Iterator[Change]:
    """Compare tools by name, so that another order is no change of each of them."""
    before, after = _by_name(old), _by_name(new)
    for name in dict.fromkeys((*before, *after)):
        path = at("tools", name)
        if name not in before:
            yield Change("tools_and_schema", path, f"tool '{name}' added", None, after[name])
        elif name not in after:
            yield Change("tools_and_schema", path, f"tool '{name}' removed", before[name], None)
        else:
            for found in structured_changes("tools_and_schema", path, before[name], after[name]):
                yield replace(found, sentence=f"tool '{name}' {found.sentence}")
    if list(before) != list(after) and sorted(before) == sorted(after):
        sentence = f"tools in another order: {', '.join(after)}"
        yield Change("tools_and_schema", "tools", sentence, [*before], [*after])


def _by_name(content: Content) -> Json:
    return {tool["function"]["name"]: tool["function"] for tool in content.get("tools", ())}
