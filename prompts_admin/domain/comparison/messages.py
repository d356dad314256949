"""Changes of a list of messages, aligned so that inserting one message is one change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from prompts_admin.domain.comparison.changes import Change, text_change
from prompts_admin.domain.problems import at

Message = Mapping[str, Any]
Pair = tuple[int | None, int | None]
_MOST_PAIRS = 2_500
_MOST_CHARACTERS = 50_000


def message_changes(before: Sequence[Message], after: Sequence[Message]) -> Iterator[Change]:
    """Yield the changes of messages; a path names the place in the new list, for a removed one in the old."""
    for old, new in aligned(before, after):
        if old is None and new is not None:
            yield from _lone(after[new], new, "added")
        elif new is None and old is not None:
            yield from _lone(before[old], old, "removed")
        elif old is not None and new is not None and before[old] != after[new]:
            yield from _changed(before[old], after[new], new)


def aligned(before: Sequence[Message], after: Sequence[Message]) -> list[Pair]:
    """Return the pairs of places that belong together, in order; None where a message has no other side."""
    matcher = SequenceMatcher(None, [*map(_identity, before)], [*map(_identity, after)], autojunk=False)
    pairs: list[Pair] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            pairs += _paired(before, after, range(i1, i2), range(j1, j2))
    return pairs


def _identity(message: Message) -> tuple[str, str]:
    return message.get("role", ""), message.get("content", message.get("placeholder", ""))


def _paired(before: Sequence[Message], after: Sequence[Message], old: range, new: range) -> Iterator[Pair]:
    """Pair the messages of a changed part in order, so that as much as possible is alike."""
    likeness = _likenesses(before, after, old, new)
    best = _best(likeness, old, new)
    i, j = old.start, new.start
    while i < old.stop and j < new.stop:
        alike = likeness.get((i, j), 0.0)
        if alike and best[i, j] == best.get((i + 1, j + 1), 0.0) + alike:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i, j] == best.get((i + 1, j), 0.0):
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((index, None) for index in range(i, old.stop))
    yield from ((None, index) for index in range(j, new.stop))


def _best(likeness: Mapping[tuple[int, int], float], old: range, new: range) -> dict[tuple[int, int], float]:
    """Return the most likeness that can be had from each pair of places onwards; 0 beyond the ends."""
    best: dict[tuple[int, int], float] = {}
    for i in reversed(old):
        for j in reversed(new):
            together = best.get((i + 1, j + 1), 0.0) + likeness.get((i, j), 0.0)
            best[i, j] = max(together, best.get((i + 1, j), 0.0), best.get((i, j + 1), 0.0))
    return best


def _likenesses(
    before: Sequence[Message], after: Sequence[Message], old: range, new: range
) -> dict[tuple[int, int], float]:
    if len(old) * len(new) > _MOST_PAIRS:
        return {}
    words = {id(message): _words(message) for message in (*before, *after)}
    return {(i, j): _likeness(before[i], after[j], words) for i in old for j in new}


def _likeness(old: Message, new: Message, words: Mapping[int, frozenset[str]]) -> float:
    """Return the share of words in common, 1 more for the same role; a placeholder is like itself alone."""
    if "placeholder" in old or "placeholder" in new:
        return 2.0 if old == new else 0.0
    first, second = words[id(old)], words[id(new)]
    shared = len(first & second) / (len(first | second) or 1)
    return shared + 1 if old["role"] == new["role"] else shared


def _words(message: Message) -> frozenset[str]:
    return frozenset(message.get("content", "")[:_MOST_CHARACTERS].split())


def _lone(message: Message, index: int, verb: str) -> Iterator[Change]:
    path = at("messages", index)
    if "placeholder" in message:
        sentence = f"placeholder '{message['placeholder']}' {verb} as message {index + 1}"
        sides = (None, message) if verb == "added" else (message, None)
        yield Change("text", path, sentence, *sides)
        return
    name = f"{message['role']} message {index + 1}"
    before, after = (None, message["content"]) if verb == "added" else (message["content"], None)
    yield from text_change(path, before, after, name=name)


def _changed(before: Message, after: Message, index: int) -> Iterator[Change]:
    path = at("messages", index)
    if before["role"] != after["role"]:
        sentence = f"message {index + 1} role {before['role']} -> {after['role']}"
        yield Change("text", at(path, "role"), sentence, before["role"], after["role"])
    name = f"{after['role']} message {index + 1}"
    yield from text_change(at(path, "content"), before["content"], after["content"], name=name)
