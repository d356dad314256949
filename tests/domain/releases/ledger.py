"""A workspace in memory that changes by the domain's functions, in the order in which services call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prompts_admin.domain.releases.records import Change, HistoryLine, Item, Place
from prompts_admin.domain.releases.signoff_policy import SignOff
from prompts_admin.domain.releases.states import state_when_removed, still_in_place
from prompts_admin.domain.stages import EMPTY, Entry


@dataclass(frozen=True)
class Saved:
    """A version: who wrote it, its digest and the models inside it."""

    author: str
    digest: str
    pins: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Release:
    """A release that went live."""

    kind: str
    items: tuple[Item, ...]
    changes: tuple[Change, ...]
    at: datetime
    undo_of: int | None = None
    signoffs: tuple[SignOff, ...] = ()


@dataclass
class Ledger:
    """What is saved, live and marked, and everything that happened."""

    saved: dict[tuple[str, int], Saved] = field(default_factory=dict)
    entries: dict[Place, Entry] = field(default_factory=dict)
    history: dict[Place, list[HistoryLine]] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    states: dict[tuple[int, Place], tuple[str, int | None]] = field(default_factory=dict)
    marks: list[tuple[int, tuple[str, str], bool]] = field(default_factory=list)

    def save(self, key: str, text: str, *, author: str, pins: Iterable[tuple[str, int]] = ()) -> int:
        """Add a version; its digest covers what it pins."""
        number, inner = self.latest(key) + 1, tuple(pins)
        digest = "|".join([text, *(self.saved[pin].digest for pin in inner)])
        self.saved[key, number] = Saved(author, digest, inner)
        return number

    def latest(self, key: str) -> int:
        """Return the newest version's number, 0 for none."""
        return max((number for saved_key, number in self.saved if saved_key == key), default=0)

    def entry(self, stage: str, key: str) -> Entry:
        """Return what stands at a place."""
        return self.entries.get((stage, key), EMPTY)

    def marked(self) -> set[tuple[str, str]]:
        """Return the (key, digest) whose last mark stands."""
        last = {subject: stands for _, subject, stands in self.marks}
        return {subject for subject, stands in last.items() if stands}

    def is_bad(self, key: str, version: int, also: Iterable[tuple[str, str]] = ()) -> bool:
        """Tell whether a version is marked, or pins something marked."""
        bad = self.marked() | set(also)
        inner = [(key, version), *self.saved[key, version].pins]
        return any((k, self.saved[k, v].digest) in bad for k, v in inner)

    def write(
        self,
        kind: str,
        changes: Sequence[Change],
        *,
        now: datetime,
        items: Sequence[Item] = (),
        undo_of: int | None = None,
        signoffs: tuple[SignOff, ...] = (),
    ) -> int:
        """Make changes live as one release and return its number."""
        number = len(self.releases) + 1
        asked = tuple(items) or tuple(Item(c.stage, c.key, c.after.settled, basis=c.before) for c in changes)
        self.releases[number] = Release(kind, asked, tuple(changes), now, undo_of, signoffs)
        for change in changes:
            self.entries[change.place] = change.after
            line = HistoryLine(number, kind, now, "someone@example.com", change.before, change.after)
            self.history.setdefault(change.place, []).append(line)
        self._end_items(self.releases[number], number)
        self.states |= {(number, item.place): ("current", None) for item in asked}
        return number

    def _end_items(self, release: Release, number: int) -> None:
        """Write what became of earlier items at the changed places; an undo gives back what was ended."""
        ended = state_when_removed(self._effective_kind(release))
        places = {change.place for change in release.changes}
        for (earlier, place), (state, by) in list(self.states.items()):
            if by is not None and by == release.undo_of:
                self.states[earlier, place] = ("current", None)
            elif state == "current" and place in places and not self._stands(earlier, place):
                self.states[earlier, place] = (ended, number)

    def _effective_kind(self, release: Release) -> str:
        """The undo of an undo does again what was undone, and ends items as that did."""
        undone = self.releases[release.undo_of] if release.undo_of else None
        if undone is None or undone.undo_of is None:
            return release.kind
        return self._effective_kind(self.releases[undone.undo_of])

    def _stands(self, number: int, place: Place) -> bool:
        release = self.releases[number]
        item = next(item for item in release.items if item.place == place)
        placed = next(change.after for change in release.changes if change.place == place)
        return still_in_place(release.kind, item, placed, self.entries[place])
