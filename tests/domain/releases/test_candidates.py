"""Under which promotion a candidate stands: what its sign-offs are carried from when its share changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.records import HistoryLine
from prompts_admin.domain.releases.stage_order import candidate_came_by
from prompts_admin.domain.stages import EMPTY, WHOLE, Entry
from tests.support.lengths import examples

NOW = datetime(2026, 3, 1, tzinfo=UTC)
State = tuple[Entry, int | None]
"""What stands at the place, and the promotion under which its candidate does."""


@dataclass
class Place:
    """A place whose releases are remembered whole, so that an undo needs no guessing."""

    state: State = (EMPTY, None)
    lines: list[HistoryLine] = field(default_factory=list)
    done: dict[int, tuple[State, State]] = field(default_factory=dict)

    def move(self, kind: str, entry: Entry, came: int | None) -> None:
        """Write one line of history; what changes nothing is no release."""
        before, number = self.state, len(self.lines) + 1
        if before[0] != entry:
            self.state = (entry, came)
            self.lines.append(HistoryLine(number, kind, NOW, "someone@example.com", before[0], entry))
            self.done[number] = (before, self.state)

    def promote(self, version: int, share: int) -> None:
        """Settle a version, or let it in for a share."""
        entry = Entry(version) if share == WHOLE else Entry(self.state[0].settled, version, share)
        self.move("promotion", entry, None if share == WHOLE else len(self.lines) + 1)

    def roll_back(self) -> None:
        """Take the candidate away, or everything."""
        settled = self.state[0].settled if self.state[0].candidate else None
        self.move("rollback", Entry(settled), None)

    def undo(self) -> None:
        """Put back exactly what stood before the newest release that is still in place."""
        number = next((n for n in reversed(self.done) if self.done[n][1] == self.state), None)
        if number is not None:
            before, _ = self.done.pop(number)
            self.move("undo", *before)


steps = st.one_of(
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([1000, 5000, WHOLE])),
    st.sampled_from(["roll_back", "undo", "undo"]),
)


@examples(150)
@given(st.lists(steps, max_size=12))
def test_a_candidate_stands_under_the_promotion_that_an_exact_memory_names(chosen: list[object]) -> None:
    """Rollbacks end it, undos bring it back, and nothing is ever named that was not a promotion of it."""
    place = Place()
    for step in chosen:
        if isinstance(step, tuple):
            place.promote(*step)
        else:
            getattr(place, str(step))()
        entry, came = place.state
        found = candidate_came_by(entry.candidate or 0, place.lines)
        assert came == found
        if found is not None:
            line = place.lines[found - 1]
            assert ("promotion", entry.candidate) == (line.kind, line.after.candidate)
