"""A change, and how the changes of texts and of structured values are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.comparison.structure import differences
from prompts_admin.domain.comparison.words import Segment, is_too_large, word_diff
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.text.invisible_characters import make_visible

CLASSES = ("text", "variables", "model", "parameters", "tools_and_schema", "snippet", "description")


@dataclass(frozen=True)
class Change:
    """One change: its class, where, what in one sentence, both sides, and for texts the words."""

    classification: str
    path: str
    sentence: str
    before: Any = None
    after: Any = None
    words: tuple[Segment, ...] = ()

    def as_json(self) -> Json:
        """Return the change for an answer; unseen characters in `words` stand by their names."""
        words = [{"kind": word.kind, "text": make_visible(word.text)} for word in self.words]
        return {
            "class": self.classification,
            "path": self.path,
            "sentence": self.sentence,
            "before": self.before,
            "after": self.after,
            "words": words,
        }


@dataclass(frozen=True)
class Comparison:
    """All changes from one content to another, in the order of the file."""

    changes: tuple[Change, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that occur, in their fixed order."""
        occurring = {change.classification for change in self.changes}
        return tuple(name for name in CLASSES if name in occurring)

    def as_json(self) -> list[Json]:
        """Return the changes for an answer."""
        return [change.as_json() for change in self.changes]


def text_change(
    path: str, before: str | None, after: str | None, *, classification: str = "text", name: str = ""
) -> Iterator[Change]:
    """Yield the change of a text, if any; None is a text that is not there. `name` stands in the sentence."""
    if before == after:
        return
    verb = "added" if before is None else "removed" if after is None else "changed"
    old, new = before or "", after or ""
    whole = ", too large to compare and shown whole" if is_too_large(old, new) else ""
    sentence = f"{name or path} {verb}{whole}"
    yield Change(classification, path, sentence, before, after, word_diff(old, new))


def structured_changes(classification: str, path: str, before: Any, after: Any) -> Iterator[Change]:
    """Yield a change for each place in which two plain values differ; sentences name it from `path` on."""
    for found in differences(before, after):
        place = f"{path}.{found.path}" if found.path else path
        yield Change(classification, place, found.sentence, found.before, found.after)
