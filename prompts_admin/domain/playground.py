"""Trying a prompt with a model: reading the answer of an OpenAI-compatible endpoint, tokens, cost, words for faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, TypeGuard

MOST_LINE = 1_048_576
"""Bytes of one line of a stream; a longer one is an attack or a mistake."""
BYTES_PER_TOKEN = 4
MILLION = 1_000_000
MOST_TOKENS = 1_000_000_000
"""An endpoint that counts more is not believed; a number without bound cannot be multiplied by a price."""


@dataclass(frozen=True)
class Usage:
    """Tokens of a request and its answer; `is_estimated` when the endpoint did not say."""

    tokens_in: int
    tokens_out: int
    is_estimated: bool = False


@dataclass
class AnswerReader:
    """Takes the bytes of a streamed answer in pieces of any size and gives out the text as it comes.

    `is_whole` is True once the endpoint said that nothing follows. Raises ValueError for what is no stream of
    the protocol.
    """

    usage: Usage | None = None
    is_whole: bool = False
    _rest: bytes = field(default=b"", repr=False)

    def feed(self, piece: bytes) -> str:
        """Return the text that `piece` completes; a line end completes a last line that none follows."""
        *lines, self._rest = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        if len(self._rest) > MOST_LINE:
            raise ValueError("a line is too long")
        return "".join(self._line(line) for line in lines)

    def _line(self, line: bytes) -> str:
        if not line.startswith(b"data:"):
            return ""
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            self.is_whole = True
            return ""
        document = json.loads(data.decode("utf-8", "replace"))
        if not isinstance(document, dict) or "error" in document:
            raise ValueError("the endpoint reports a fault")
        self.usage = usage_of(document) or self.usage
        return "".join(self._choice(choice) for choice in document.get("choices") or ())

    def _choice(self, choice: Mapping[str, Any]) -> str:
        if choice.get("finish_reason"):
            self.is_whole = True
        return said_in(choice.get("delta") or {})


def said_in(message: Mapping[str, Any]) -> str:
    """Return the text of a message or of a piece of one; calls of tools as name and arguments."""
    calls = [call.get("function") or {} for call in message.get("tool_calls") or ()]
    told = "".join(
        f"{'→ ' + f['name'] + ' ' if f.get('name') else ''}{f.get('arguments') or ''}" for f in calls
    )
    # Half a character, which JSON can name, cannot be sent on.
    return f"{message.get('content') or ''}{told}".encode("utf-8", "replace").decode()


def usage_of(document: Mapping[str, Any]) -> Usage | None:
    """Return the tokens that an endpoint counted, None when it does not say."""
    said = document.get("usage")
    if not isinstance(said, dict):
        return None
    asked, answered = said.get("prompt_tokens"), said.get("completion_tokens")
    if not (_is_count(asked) and _is_count(answered)):
        return None
    return Usage(asked, answered)


def estimated(asked: str, answered: str) -> Usage:
    """Return a guess of the tokens, from the bytes."""
    return Usage(_guess(asked), _guess(answered), is_estimated=True)


def cost_of(usage: Usage, price: Mapping[str, float] | None) -> float | None:
    """Return the cost in the currency of the price, which is for a million tokens; None without a price."""
    if not price or not {"in", "out"} <= price.keys():
        return None
    return (usage.tokens_in * price["in"] + usage.tokens_out * price["out"]) / MILLION


def refusal(status: int, *, retry_after: str = "", said: str = "") -> str:
    """Return what an endpoint's status means, in words for somebody who did not set it up."""
    if status in (401, 403):
        return "The endpoint refuses the key of this server. Tell an administrator."
    if status == 404:
        return "The endpoint does not know this model, or its address is wrong. Tell an administrator."
    if status == 429:
        when = f"in {retry_after} s" if retry_after.isdecimal() else "in a minute"
        return f"The endpoint is asked too much just now, or its quota is used up. Try again {when}."
    if 300 <= status < 400:
        return "The endpoint sends elsewhere, which is not followed. Tell an administrator."
    if status >= 500:
        return f"The endpoint failed (HTTP {status}). Try again."
    return f"The endpoint does not take this request (HTTP {status}){': ' + said if said else '.'}"


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MOST_TOKENS


def _guess(text: str) -> int:
    return ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)
