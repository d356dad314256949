"""The template texts of a content: where they stand, and the placeholders between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.domain.problems import at
from prompts_admin.domain.templates.tags import suspicious


def texts_of(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of each template of a prompt or snippet, in order."""
    for index, message in enumerate(content.get("messages", ())):
        if "content" in message:
            yield at(at("messages", index), "content"), message["content"]
    if "text" in content:
        yield "text", content["text"]


def content_texts(content: Mapping[str, Any]) -> dict[str, str]:
    """Return every text in a content by its path: what a credential or an unseen character may stand in."""
    found: dict[str, str] = {}
    stack: list[tuple[str, Any]] = [(name, content[name]) for name in content if name not in ("kind", "pins")]
    for path, value in stack:
        if isinstance(value, str):
            found[path] = value
        elif isinstance(value, Mapping):
            stack.extend((at(path, name), inner) for name, inner in value.items())
        elif isinstance(value, (list, tuple)):
            stack.extend((at(path, index), inner) for index, inner in enumerate(value))
    return found


def placeholders_of(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path, name) of each placeholder among the messages."""
    for index, message in enumerate(content.get("messages", ())):
        if "placeholder" in message:
            yield at(at("messages", index), "placeholder"), message["placeholder"]


def suspicious_tags(content: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield (path, line in the text, tag) of what stands in double braces and is sent as it stands."""
    for path, text in texts_of(content):
        for line, tag in suspicious(text):
            yield path, line, tag
