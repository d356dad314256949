"""The ledger in memory and its naive telling side by side: each step is done by both, or refused by both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.releases.records import Item
from prompts_admin.domain.stages import WHOLE
from tests.domain.releases.ledger import Ledger
from tests.domain.releases.ledger_back import containers, pinned, restore, rollback, running, undo
from tests.domain.releases.ledger_promoting import HOLDERS, Proposal, item_for, promote, signed
from tests.domain.releases.naive_ledger import LADDER, Naive, Place, Shot

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MODEL = "support/fast"
ASKED = {"internal": [], "beta": ["ml"], "full": ["product", "legal"]}
Signature = tuple[str, str | None, int]
"""(email, digest of the settled version that it was given over, up to)."""
T = TypeVar("T")


def agreed(allowed: bool, action: Callable[[], T]) -> T | None:
    """Do what the naive telling allows; hold the ledger to its refusal otherwise."""
    if allowed:
        return action()
    with pytest.raises(ProductError):
        action()
    return None


@dataclass
class Pair:
    """Both tellings; `signatures` are those under which a candidate was let in, by place and version.

    `explicit` are the releases that were told to switch off where nothing is left.
    """

    ledger: Ledger = field(default_factory=Ledger)
    naive: Naive = field(default_factory=lambda: Naive([Shot(START)]))
    now: datetime = START
    signatures: dict[tuple[Place, int], set[Signature]] = field(default_factory=dict)
    explicit: set[int] = field(default_factory=set)

    def save(self, key: str, text: str, *, author: str, model: int) -> None:
        """Save a version; a prompt pins one of the model's versions."""
        newest = self.ledger.latest(MODEL)
        pins = [(MODEL, 1 + model % newest)] if key != MODEL and newest else []
        self.ledger.save(key, text, author=author, pins=pins)

    def propose(
        self, place: Place, version: int, *, share: int, up_to: int, proposer: str, glass: bool = False
    ) -> Proposal | None:
        """Return the proposal, None where both say that it would move nothing."""
        settled, candidate, now = self.naive.stand(place)
        stays = (settled == version and (share < WHOLE or candidate is None)) or (candidate, now) == (
            version,
            share,
        )
        item = agreed(
            not stays, lambda: item_for(self.ledger, *place, version, percentage=share, up_to=up_to)
        )
        return Proposal(item, proposer, (), glass) if item else None

    def go_live(self, proposal: Proposal, signers: set[str]) -> None:
        """Sign and apply a proposal."""
        item, place = proposal.item, proposal.item.place
        version, proposer = item.version or 0, proposal.proposer
        settled, candidate, share = self.naive.stand(place)
        signatures = {(email, item.settled_digest, item.up_to) for email in signers - {proposer}}
        if candidate == version:
            signatures |= self.signatures[place, version]
        allowed = (settled, candidate) == (item.basis.settled, item.basis.candidate)
        allowed &= (candidate, share) != (version, item.percentage)
        allowed &= proposal.break_glass or self._may_go_live(item, proposer, signatures)
        ready = Proposal(item, proposer, signed(item, signers, proposer), proposal.break_glass)
        if agreed(allowed, lambda: promote(self.ledger, ready, now=self._tick())):
            self.signatures[place, version] = signatures
            self.naive.promote(place, version, item.percentage, (item.key, item.digest or ""), self.now)

    def roll_back(
        self, key: str, version: int, stages: list[str], *, only: bool = False, or_none: bool = False
    ) -> None:
        """Roll back a named version to what the rules choose."""
        going = {(key, version)} | (set() if only else containers(self.ledger, (key, version)))
        self._roll_back((key, version), going, stages, only=only, or_none=or_none)

    def roll_back_to(self, key: str, version: int, stage: str, to: int | None) -> None:
        """Roll back a named version on one stage to a chosen one, or to nothing."""
        settled = self.naive.stand((stage, key))[0]
        marks = self.naive.last.marks | self._digests({(key, version)})
        fits = to in self.naive.settled_before((stage, key)) and not self._is_bad(key, to or 0, marks)
        self._roll_back(
            (key, version),
            {(key, version)},
            [stage],
            to={key: to},
            only=True,
            or_none=to is None,
            allowed=settled != version or to is None or fits,
        )

    def roll_back_unnamed(self, key: str) -> None:
        """Roll back the one version that runs, unless what runs came by putting back."""
        own = {v for stage in LADDER for v in self.naive.stand((stage, key))[:2] if v is not None}
        versions = own | pinned(self.ledger, key)
        going = {(key, v) for v in versions}
        going |= {live for live in running(self.ledger) if going & set(self.ledger.saved[live].pins)}
        allowed = len(versions) == 1 and not any(self._was_put_back(*live) for live in going)
        self._roll_back((key, next(iter(versions), 0)), going, LADDER, allowed=allowed, named=False)

    def _roll_back(
        self,
        what: tuple[str, int],
        going: set[tuple[str, int]],
        stages: list[str],
        *,
        to: dict[str, int | None] | None = None,
        only: bool = False,
        or_none: bool = False,
        allowed: bool = True,
        named: bool = True,
    ) -> None:
        """Do it with both, where something runs that can go without leaving somebody with nothing."""
        key, version = what
        allowed = allowed and self._runs(going, stages)
        stands = self.naive.last.stands
        if allowed:
            bad = self._digests(going)
            stands = self.naive.rolled_back(going, stages, bad, self._is_bad, to=to, or_none=or_none)
        target = None if to is None else str(to[key] or "none")
        done = agreed(
            allowed and stands != self.naive.last.stands,
            lambda: rollback(
                self.ledger,
                key,
                version if named else None,
                now=self._tick(),
                stages=stages,
                to=target,
                only=only,
                or_none=or_none,
            ),
        )
        if done:
            self.naive.roll_back(stands, self._digests({what} | self.naive.gone(stands) & going), self.now)
            self.explicit |= {done} if or_none else set()

    def undo(self, number: int, *, or_none: bool = False) -> None:
        """Undo a release."""
        now = self._tick()
        may = self.naive.may_undo(number, now, or_none=or_none)
        done = agreed(may, lambda: undo(self.ledger, number, now=now, or_none=or_none))
        if done:
            self.naive.undo(number, now)
            self.explicit |= {done} if or_none else set()

    def restore(self, then: int, *, exact: bool) -> None:
        """Restore the moment after a release."""
        done = restore(self.ledger, self.naive.line[then].at, now=self._tick(), exact=exact)
        self.explicit |= {done} if done and exact else set()
        self.naive.restore(then, self._is_bad, exact, self.now)

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time

    def _tick(self) -> datetime:
        self.wait(timedelta(minutes=1))
        return self.now

    def _digests(self, versions: set[tuple[str, int]]) -> set[tuple[str, str]]:
        return {(key, self.ledger.saved[key, version].digest) for key, version in versions}

    def _is_bad(self, key: str, version: int, marks: set[tuple[str, str]]) -> bool:
        return bool(self._digests({(key, version), *self.ledger.saved[key, version].pins}) & marks)

    def _runs(self, going: set[tuple[str, int]], stages: list[str]) -> bool:
        stands = self.naive.last.stands.items()
        return any((key, v) in going for (stage, key), s in stands if stage in stages for v in s[:2])

    def _was_put_back(self, key: str, version: int) -> bool:
        """Tell whether the last that happened where `version` runs was a putting back."""
        places = [
            place
            for place, stand in self.naive.last.stands.items()
            if place[1] == key and version in stand[:2]
        ]
        lasts = [max(n for n in range(1, len(self.naive.line)) if p in self.naive.changed(n)) for p in places]
        return any(self.naive.line[number].kind != "promotion" for number in lasts)

    def _may_go_live(self, item: Item, proposer: str, signatures: set[Signature]) -> bool:
        place, version = item.place, item.version or 0
        settled, candidate, _ = self.naive.stand(place)
        if place[0] != "internal":
            before = (LADDER[LADDER.index(place[0]) - 1], place[1])
            if self.naive.stand(before)[0] != version and (before, version) not in self.naive.last.passed:
                return False
        if candidate == version and item.percentage <= item.basis.percentage:
            return True
        barred = self._wrote(item.key, settled or 0, version) | (
            set() if candidate == version else {proposer}
        )
        people = {
            e for e, over, up_to in signatures if over == item.settled_digest and item.percentage <= up_to
        }
        people -= barred
        if not ASKED[place[0]] and self._is_bad(item.key, version, self.naive.last.marks):
            return bool(people)
        return all(people & HOLDERS[role] for role in ASKED[place[0]])

    def _wrote(self, key: str, old: int, new: int) -> set[str]:
        numbers = [new] if new < old else range(old + 1, new + 1)
        found = {self.ledger.saved[key, number].author for number in numbers}
        inner = dict(self.ledger.saved[key, old].pins) if old else {}
        for k, number in self.ledger.saved[key, new].pins:
            found |= self._wrote(k, inner.get(k, 0), number)
        return found
