"""What two sequences of lines or words have in common, found within a moment whatever they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

MOST_ITEMS = 5_000
MOST_PAIRS = 30_000
"""With more pairs of equal items than this the frequent ones are passed over: difflib would take minutes."""

Match = tuple[int, int, int]


def matches(old: Sequence[str], new: Sequence[str]) -> Iterator[Match]:
    """Yield (place in old, place in new, length) of equal runs, in order and apart from each other.

    What is equal at both ends is always found; of more than 5,000 other items nothing is.
    """
    start, end = _equal_ends(old, new)
    if start:
        yield 0, 0, start
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if len(middle_old) + len(middle_new) <= MOST_ITEMS:
        matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=_has_many(middle_old, middle_new))
        for block in matcher.get_matching_blocks()[:-1]:
            yield start + block.a, start + block.b, block.size
    if end:
        yield len(old) - end, len(new) - end, end


def _has_many(old: Sequence[str], new: Sequence[str]) -> bool:
    counts = Counter(new)
    return sum(counts[item] for item in old) > MOST_PAIRS


def _equal_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end
