"""A second telling of the release rules, from full snapshots: slow, plain, and without the domain's functions.

A place is (stage, key), a stand is (settled, candidate, share). Index N of the line of shots is the world
after release N; nothing is ever looked up in a history, only in the shots.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Place = tuple[str, str]
Stand = tuple[int | None, int | None, int]
LADDER = ["internal", "beta", "full"]
NOTHING: Stand = (None, None, 0)


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

    def roll_back(
        self,
        going: set[tuple[str, int]],
        stages: list[str],
        marks: set[tuple[str, str]],
        is_bad: Callable[[str, int, set[tuple[str, str]]], bool],
        at: datetime,
        to: dict[str, int | None] | None = None,
    ) -> None:
        """Take versions away; what was settled gives way to what was settled there before, if not bad."""
        shot = self._next("rollback", at)
        shot.marks |= marks
        for place, (settled, candidate, share) in list(shot.stands.items()):
            if place[0] not in stages:
                continue
            if (place[1], candidate) in going:
                candidate, share = None, 0
            if settled is not None and (place[1], settled) in going:
                earlier = [v for v in self.settled_before(place) if not is_bad(place[1], v, shot.marks)]
                settled = to[place[1]] if to and place[1] in to else next(iter(earlier), None)
                candidate, share = (None, 0) if candidate == settled else (candidate, share)
            shot.stands[place] = (settled, candidate, share)
        shot.passed -= {
            (p, v) for p in shot.stands for v in self.stand(p)[:2] if v and v not in shot.stands[p][:2]
        }
        self._close(shot)

    def settled_before(self, place: Place) -> list[int]:
        """Return what was settled at a place and replaced otherwise than by an undo, the last first, each once."""
        left: list[int] = []
        for before, after in zip(self.line, self.line[1:], strict=False):
            old, new = (shot.stands.get(place, NOTHING)[0] for shot in (before, after))
            if old is not None and old != new and after.kind != "undo":
                left.append(old)
        now = self.line[-1].stands.get(place, NOTHING)[0]
        return list(dict.fromkeys(v for v in (now, *reversed(left)) if v is not None))

    def may_undo(self, number: int, now: datetime) -> bool:
        """Tell whether what a release put is all there, and it is young enough."""
        shot = self.line[number]
        mine = [state for (release, _), state in self.last.states.items() if release == number]
        same = all(self.stand(p) == shot.stands.get(p, NOTHING) for p in self.changed(number))
        once = all(other.undo_of != number for other in self.line)
        return once and same and set(mine) == {"current"} and now - shot.at <= timedelta(hours=24)

    def undo(self, number: int, at: datetime) -> None:
        """Turn back everything that a release changed; the marks only of what put back."""
        old, new = self.line[number - 1], self.line[number]
        shot = self._next("undo", at, undo_of=number)
        places = self.changed(number)
        shot.stands |= {place: old.stands.get(place, NOTHING) for place in places}
        shot.passed = (shot.passed - (new.passed - old.passed)) | (old.passed - new.passed)
        if new.kind in ("rollback", "undo"):
            shot.marks = (shot.marks - (new.marks - old.marks)) | (old.marks - new.marks)
        shot.states |= {i: state for i, state in old.states.items() if state != new.states[i]}
        self._close(shot)

    def restore(
        self, then: int, is_bad: Callable[[str, int, set[tuple[str, str]]], bool], exact: bool, at: datetime
    ) -> None:
        """Settle what was settled after release `then`."""
        shot = self._next("restore", at)
        for place, now in list(shot.stands.items()):
            settled = self.line[then].stands.get(place, NOTHING)[0]
            if settled is None:
                shot.stands[place] = NOTHING if exact else now
            elif settled == now[0] or not is_bad(place[1], settled, shot.marks):
                shot.stands[place] = (settled, None, 0)
            if shot.stands[place][0] != now[0] and now[0] is not None:
                shot.passed.discard((place, now[0]))
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


def _not_older(stand: Stand, version: int) -> Stand:
    settled = stand[0] if stand[0] is not None and stand[0] >= version else None
    return (settled, *stand[1:]) if stand[1] is not None and stand[1] >= version else (settled, None, 0)
