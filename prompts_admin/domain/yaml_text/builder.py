"""Building a value from the parser's events, one by one, without recursion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events

from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.yaml_text.scalars import Disputed, resolve_plain

MAX_DEPTH = 50
MAX_NODES = 10_000


@dataclass
class _Frame:
    """A collection that is being filled; a mapping waits for a value when `key` is set."""

    container: dict[str, Any] | list[Any]
    path: str
    key: str | None = None


@dataclass
class Builder:
    """Takes events; `root` is then the value, `lines` the line of each path, `found` what was wrong."""

    found: Findings
    lines: dict[str, int]
    root: Any = None
    _stack: list[_Frame] = field(default_factory=list)
    _nodes: int = 0
    _documents: int = 0

    def take(self, event: Any) -> None:
        """Take the next event; raises Refused at once where going on could be expensive."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def start_document(self, event: Any) -> None:
        """Refuse a second document, and directives that change how the rest is read."""
        self._documents += 1
        if self._documents > 1:
            self._stop(event, "A second document begins here.", "Put each artifact into a file of its own.")
        if event.tags or event.version not in (None, (1, 2)):
            self._stop(event, "Directives other than '%YAML 1.2' are not used here.", "Delete the line.")

    def alias(self, event: Any) -> None:
        """Refuse an alias."""
        self._stop(event, f"'*{event.anchor}' repeats another part of the file.", "Write it out.")

    def scalar(self, event: Any) -> None:
        """Take a key, a value or an item."""
        self._check_node(event)
        place = self._place(event)
        if self._wants_key(event):
            self._take_key(event)
        else:
            self._put(self._value(event, place), place)

    def start_collection(self, event: Any) -> None:
        """Open a mapping or a list."""
        self._check_node(event)
        if self._wants_key(event):
            self._stop(event, "A key must be text, not a list or an object.", "Write it as text, in quotes.")
        if len(self._stack) == MAX_DEPTH:
            self._stop(event, f"This is nested more than {MAX_DEPTH} deep.", "Flatten it.")
        place = self._place(event)
        container: dict[str, Any] | list[Any] = {} if isinstance(event, events.MappingStartEvent) else []
        self._put(container, place)
        self._stack.append(_Frame(container, place))

    def end_collection(self, event: Any) -> None:
        """Close a mapping or a list."""
        self._stack.pop()

    def _wants_key(self, event: Any) -> bool:
        return (
            bool(self._stack) and isinstance(self._stack[-1].container, dict) and self._stack[-1].key is None
        )

    def _place(self, event: Any) -> str:
        """Return the path of the node that comes now, and remember its line."""
        if not self._stack:
            return ""
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            place = at(frame.path, len(frame.container))
            self.lines[place] = _line(event)
            return place
        return at(frame.path, frame.key or "")

    def _take_key(self, event: Any) -> None:
        frame = self._stack[-1]
        key = self._resolved(event, frame.path)
        place = at(frame.path, str(event.value))
        if not isinstance(key, str):
            self._stop(event, f"The key '{event.value[:80]}' is no text.", "Put quotes around it.")
        if event.style is None and key == "<<":
            self._stop(event, "'<<' merges another part of the file into this one.", "Write it out.")
        if key in frame.container:
            first = self.lines.get(place)
            self._stop(
                event, f"The key '{key[:80]}' stands here twice, first in line {first}.", "Delete one."
            )
        self.lines[place] = _line(event)
        frame.key = key

    def _value(self, event: Any, place: str) -> Any:
        if event.style in ("|", ">"):
            self.lines[f"{place}|"] = _line(event) + 1
        return self._resolved(event, place)

    def _resolved(self, event: Any, place: str) -> Any:
        try:
            return event.value if event.style is not None else resolve_plain(event.value)
        except Disputed:
            shown = event.value[:80]
            self._stop(
                event, f"Programs do not agree on what '{shown}' is.", "Quote it, or write a plain number."
            )

    def _put(self, value: Any, place: str) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is not None:
            frame.container[frame.key] = value
            frame.key = None

    def _check_node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(
                event, f"The file has more than {MAX_NODES} parts.", "Split it into several artifacts."
            )
        if event.anchor is not None:
            self._stop(event, f"'&{event.anchor}' is an anchor; they are not used here.", "Delete it.")
        if event.ctag is not None:
            self._stop(event, f"'{event.tag}' is a tag; they are not used here.", "Delete it.")

    def _stop(self, event: Any, message: str, remedy: str) -> None:
        place = self._stack[-1].path if self._stack else ""
        self.found.at_line(_line(event), place, message, remedy)
        self.found.refuse()


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


_HANDLERS: dict[type, Callable[[Builder, Any], None]] = {
    events.DocumentStartEvent: Builder.start_document,
    events.AliasEvent: Builder.alias,
    events.ScalarEvent: Builder.scalar,
    events.MappingStartEvent: Builder.start_collection,
    events.SequenceStartEvent: Builder.start_collection,
    events.MappingEndEvent: Builder.end_collection,
    events.SequenceEndEvent: Builder.end_collection,
}
