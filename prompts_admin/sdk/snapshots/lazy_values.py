"""Lazy values: the `value` of a version, kept as JSON text and parsed on first use.

The text takes a third of the memory of the objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class LazyValue(Mapping[str, Any]):
    """Reads as the JSON object whose text is `first` and `rest` together."""

    __slots__ = ("_first", "_open", "_rest")

    def __init__(self, first: bytes, rest: bytes) -> None:
        self._first = first
        self._rest = rest
        self._open: dict[str, Any] | None = None

    @property
    def text(self) -> bytes:
        """The JSON in UTF-8."""
        return self._first + self._rest

    def __getitem__(self, name: str) -> Any:
        return self._parsed()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsed())

    def __len__(self) -> int:
        return len(self._parsed())

    def _parsed(self) -> dict[str, Any]:
        # Two threads may both read it; either result is right.
        if self._open is None:
            self._open = json.loads(self.text.decode("utf-8", "surrogatepass"))
        return self._open


class LazyValues:
    """Makes the lazy values of one document; what follows the messages is kept once where it is the same.

    Versions of a prompt seldom differ in more than their messages, and many prompts share a model.
    """

    def __init__(self) -> None:
        self._rests: dict[bytes, bytes] = {}

    def __call__(self, value: Mapping[str, Any]) -> LazyValue:
        """Return a value in as little memory as it takes."""
        if "messages" not in value:
            return LazyValue(b"", _utf8(_encode(value)))
        rest = {name: one for name, one in value.items() if name != "messages"}
        text = _utf8("," + _encode(rest)[1:] if rest else "}")
        return LazyValue(
            _utf8(f'{{"messages":{_encode(value["messages"])}'), self._rests.setdefault(text, text)
        )


def text_of(value: Mapping[str, Any]) -> bytes:
    """Return the JSON of a value, packed or not, in UTF-8."""
    return value.text if isinstance(value, LazyValue) else _utf8(_encode(value))


def _utf8(text: str) -> bytes:
    # Lone surrogates, which JSON can hold and UTF-8 cannot, are kept as they are.
    return text.encode("utf-8", "surrogatepass")
