"""A second telling of the release rules, from full snapshots: slow, plain, and without the domain's functions.

A place is (stage, key), a stand is (settled, candidate, share). Index N of the line of shots is the world
after release N; nothing is ever looked up in a history, only in the shots.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

Place = tuple[str, str]
Stand = tuple[int | None, int | None, int]
LADDER = ["internal", "beta", "full"]
NOTHING: Stand = (None, None, 0)
GROUPS = ((), ("internal",), ("beta",), ("internal", "beta"))


@dataclass
class Shot:
    """The whole world after one release."""

    at: datetime
    kind: str = "start"
    undo_of: int | None = None
    stands: dict[Place, Stand] = field(default_factory=dict)
    marks: set[tuple[str, str]] = field(default_factory=set)
    passed: set[tuple[Place, int]] = field(default_factory=set)
    states: dict[tuple[int, Place], str] = field(default_factory=dict)


@dataclass
class Naive:
    """The line of shots, and what each release put at each place that it was asked for."""

    line: list[Shot]
    put: dict[tuple[int, Place], Stand] = field(default_factory=dict)
    alone: set[tuple[int, Place]] = field(default_factory=set)
    """Where a release did nothing but take a candidate away: it stands until there is one again."""

    @property
    def last(self) -> Shot:
        """The world now."""
        return self.line[-1]

    def stand(self, place: Place) -> Stand:
        """Return what stands at a place now."""
        return self.last.stands.get(place, NOTHING)

    def changed(self, number: int) -> set[Place]:
        """Return the places that a release changed."""
        old, new = self.line[number - 1].stands, self.line[number].stands
        return {p for p in {*old, *new} if old.get(p, NOTHING) != new.get(p, NOTHING)}

    def promote(self, place: Place, version: int, share: int, subject: tuple[str, str], at: datetime) -> None:
        """Settle or make a candidate; what is older than a newly settled version leaves narrower stages."""
        shot = self._next("promotion", at)
        settled = self.stand(place)[0]
        shot.stands[place] = (version, None, 0) if share == 100_000 else (settled, version, share)
        if share == 100_000 and version != settled:
            for stage in LADDER[: LADDER.index(place[0])]:
                shot.stands[stage, place[1]] = _not_older(self.stand((stage, place[1])), version)
        shot.marks.discard(subject)
        self._close(shot, {place: (version, None, 0) if share == 100_000 else (None, version, share)})

    def rolled_back(
        self,
        going: set[tuple[str, int]],
        stages: list[str],
        marks: set[tuple[str, str]],
        is_bad: Callable[[str, int, set[tuple[str, str]]], bool],
        *,
        to: dict[str, int | None] | None = None,
        or_none: bool = False,
    ) -> dict[Place, Stand]:
        """Return what stands when versions are taken away; what was settled gives way to what was settled before.

        Not to what is bad, and where somebody would get nothing it stays, unless that is what was asked for.
        """
        stands, bad = dict(self.last.stands), self.last.marks | marks
        for place, (settled, candidate, share) in list(stands.items()):
            if place[0] not in stages:
                continue
            if (place[1], candidate) in going:
                candidate, share = None, 0
            if settled is not None and (place[1], settled) in going:
                earlier = [v for v in self.settled_before(place) if not is_bad(place[1], v, bad)]
                settled = to[place[1]] if to and place[1] in to else next(iter(earlier), None)
                candidate, share = (None, 0) if candidate == settled else (candidate, share)
            stands[place] = (settled, candidate, share)
        return stands if or_none else self._kept_on(stands)

    def roll_back(self, stands: dict[Place, Stand], marks: set[tuple[str, str]], at: datetime) -> None:
        """Let `stands` be what a rollback left, and mark."""
        shot = self._next("rollback", at)
        shot.marks |= marks
        shot.stands = stands
        shot.passed -= {
            (p, v) for p in shot.stands for v in self.stand(p)[:2] if v and v not in shot.stands[p][:2]
        }
        self._close(shot)

    def gone(self, stands: dict[Place, Stand]) -> set[tuple[str, int]]:
        """Return what runs now at a place and does not run there in `stands`."""
        now = self.last.stands
        return {(p[1], v) for p in now for v in now[p][:2] if v and v not in stands.get(p, NOTHING)[:2]}

    def losing(self, stands: dict[Place, Stand]) -> set[Place]:
        """Return where somebody is answered now who would get nothing if `stands` stood: everybody is asked."""
        now = self.last.stands
        found = set()
        for key, groups in product({place[1] for place in now}, GROUPS):
            shares = {s.get((stage, key), NOTHING)[2] for s in (now, stands) for stage in LADDER}
            for bucket in {0, 100_000, *shares, *(share - 1 for share in shares if share)}:
                stage = _answering(now, key, groups, bucket)
                if stage and not _answering(stands, key, groups, bucket):
                    found.add((stage, key))
        return found

    def _kept_on(self, stands: dict[Place, Stand]) -> dict[Place, Stand]:
        return stands | {place: self.stand(place) for place in self.losing(stands)}

    def settled_before(self, place: Place) -> list[int]:
        """Return what was settled at a place and replaced otherwise than by an undo, the last first, each once."""
        left: list[int] = []
        for before, after in zip(self.line, self.line[1:], strict=False):
            old, new = (shot.stands.get(place, NOTHING)[0] for shot in (before, after))
            if old is not None and old != new and after.kind != "undo":
                left.append(old)
        now = self.line[-1].stands.get(place, NOTHING)[0]
        return list(dict.fromkeys(v for v in (now, *reversed(left)) if v is not None))

    def may_undo(self, number: int, now: datetime, *, or_none: bool) -> bool:
        """Tell whether what a release put is all there, it is young enough, and nobody is left with nothing."""
        shot = self.line[number]
        mine = [state for (release, _), state in self.last.states.items() if release == number]
        same = all(self.stand(p) == shot.stands.get(p, NOTHING) for p in self.changed(number))
        once = all(other.undo_of != number for other in self.line)
        may = once and same and set(mine) == {"current"} and now - shot.at <= timedelta(hours=24)
        return may and (or_none or not self.losing(self._undone(number)))

    def undo(self, number: int, at: datetime) -> None:
        """Turn back everything that a release changed; the marks only of what put back."""
        old, new = self.line[number - 1], self.line[number]
        shot = self._next("undo", at, undo_of=number)
        shot.stands = self._undone(number)
        shot.passed = (shot.passed - (new.passed - old.passed)) | (old.passed - new.passed)
        if new.kind in ("rollback", "undo"):
            shot.marks = (shot.marks - (new.marks - old.marks)) | (old.marks - new.marks)
        shot.states |= {i: state for i, state in old.states.items() if state != new.states[i]}
        self._close(shot)

    def _undone(self, number: int) -> dict[Place, Stand]:
        old = self.line[number - 1].stands
        return self.last.stands | {place: old.get(place, NOTHING) for place in self.changed(number)}

    def restore(
        self, then: int, is_bad: Callable[[str, int, set[tuple[str, str]]], bool], exact: bool, at: datetime
    ) -> None:
        """Settle what was settled after release `then`; where somebody would get nothing only if `exact`."""
        shot = self._next("restore", at)
        for place, now in list(shot.stands.items()):
            settled = self.line[then].stands.get(place, NOTHING)[0]
            if settled in (None, now[0]) or not is_bad(place[1], settled, shot.marks):
                shot.stands[place] = (settled, None, 0)
        if not exact:
            shot.stands = self._kept_on(shot.stands)
        shot.passed -= {
            (place, now[0])
            for place, now in self.last.stands.items()
            if now[0] and now[0] != shot.stands[place][0]
        }
        if shot.stands != self.last.stands:
            self._close(shot)

    def _next(self, kind: str, at: datetime, undo_of: int | None = None) -> Shot:
        shot = deepcopy(self.last)
        shot.at, shot.kind, shot.undo_of = at, kind, undo_of
        return shot

    def _close(self, shot: Shot, asked: dict[Place, Stand] | None = None) -> None:
        """Judge every item again and add the shot to the line."""
        number = len(self.line)
        moved = {p for p, stand in shot.stands.items() if stand != self.stand(p)}
        for place in moved:
            self._note_passed(shot, place)
        for (release, place), state in shot.states.items():
            if (
                state == "current"
                and place in moved
                and not self._holds((release, place), shot.stands[place])
            ):
                shot.states[release, place] = self._word(shot)
        for place, stand in (asked or {p: shot.stands[p] for p in moved}).items():
            self.put[number, place] = stand
            shot.states[number, place] = "current"
            old = self.stand(place)
            if asked is None and old[1] is not None and stand == (old[0], None, 0):
                self.alone.add((number, place))
        self.line.append(shot)

    def _holds(self, item: tuple[int, Place], now: Stand) -> bool:
        """Tell whether everything that was put is still there; putting nothing means that nothing may be there."""
        put = self.put[item]
        if put == NOTHING or item in self.alone:
            return now == put
        return put[0] in (None, now[0]) and (put[1] is None or put[1:] == now[1:])

    def _note_passed(self, shot: Shot, place: Place) -> None:
        if shot.kind == "undo":
            return
        settled = [shot.stands[place][0], self.stand(place)[0] if shot.kind == "promotion" else None]
        shot.passed |= {(place, version) for version in settled if version is not None}

    def _word(self, shot: Shot) -> str:
        while shot.undo_of is not None and (again := self.line[shot.undo_of].undo_of) is not None:
            shot = self.line[again]
        return "superseded" if shot.kind == "promotion" else "rolled_back"


def _answering(stands: dict[Place, Stand], key: str, groups: tuple[str, ...], bucket: int) -> str | None:
    """Return the stage that gives something to who is in these groups and at this place of the shares."""
    for stage in LADDER:
        settled, _, share = stands.get((stage, key), NOTHING)
        if (stage in groups or stage == LADDER[-1]) and (settled is not None or bucket < share):
            return stage
    return None


def _not_older(stand: Stand, version: int) -> Stand:
    settled = stand[0] if stand[0] is not None and stand[0] >= version else None
    return (settled, *stand[1:]) if stand[1] is not None and stand[1] >= version else (settled, None, 0)
