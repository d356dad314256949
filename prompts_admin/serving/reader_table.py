"""The table of readers by token, so that no token can crowd out or end those of another."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MOST = 20_000
MOST_OF_TOKEN = 10_000

Who = tuple[str, str]
"""What a reader is known by: the id of its token, and the id that it gave itself."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader as it was last heard, at `seen` on the registry's clock; `token` is the name of what it sent."""

    owner: str
    """The id of its token."""
    id: str
    revision: int | None
    sdk: str
    host: str
    every: float
    token: str
    seen: float
    since: float
    """When it was first heard with this revision."""

    @property
    def who(self) -> Who:
        """What it is known by."""
        return self.owner, self.id


class ReaderTable:
    """Every change takes the same time, however many there are. Not for several threads at once."""

    def __init__(self) -> None:
        self._of: dict[str, OrderedDict[str, Reader]] = {}
        # By how many readers a token has, so that the one with the most is found in one step.
        self._by_size: dict[int, dict[str, None]] = {}
        self._largest = 0
        self._count = 0

    def get(self, who: Who) -> Reader | None:
        """Return a reader, None when it is not here."""
        own = self._of.get(who[0])
        return own.get(who[1]) if own else None

    def put(self, reader: Reader) -> Who | None:
        """Add a reader as the last that was heard; return who had to be forgotten for it, if anybody.

        A token with too many loses its longest silent one, and where all are too many that with the most does.
        """
        self.pop(reader.who)
        own = self._of.setdefault(reader.owner, OrderedDict())
        own[reader.id] = reader
        self._note(reader.owner, len(own) - 1, len(own))
        if len(own) > MOST_OF_TOKEN:
            return self._forget_one(reader.owner)
        return self._forget_one(next(iter(self._by_size[self._largest]))) if self._count > MOST else None

    def update(self, reader: Reader) -> None:
        """Change a reader that is here, which was not heard."""
        self._of[reader.owner][reader.id] = reader

    def pop(self, who: Who) -> Reader | None:
        """Take a reader out and return it, None when it is not here."""
        own = self._of.get(who[0])
        found = own.pop(who[1], None) if own else None
        if own is not None and found is not None:
            self._note(who[0], len(own) + 1, len(own))
        return found

    def all(self) -> list[Reader]:
        """Return all, those of each token longest silent first."""
        return [one for own in self._of.values() for one in own.values()]

    def _forget_one(self, owner: str) -> Who:
        who = owner, next(iter(self._of[owner]))
        self.pop(who)
        return who

    def _note(self, owner: str, before: int, after: int) -> None:
        self._count += after - before
        if before:
            del self._by_size[before][owner]
            if not self._by_size[before]:
                del self._by_size[before]
        if after:
            self._by_size.setdefault(after, {})[owner] = None
        else:
            del self._of[owner]
        if after > self._largest or self._largest not in self._by_size:
            self._largest = after
