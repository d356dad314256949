"""What the asker believes to stand on a stage is held against what stands there when the release is proposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.stages import EMPTY, Entry
from tests.support.cast import ON_CALL, SECOND
from tests.support.desk import REPLY, TRIAGE, Desk, refused, shares

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
halves = st.tuples(st.none() | st.integers(1, 3), st.none() | st.integers(1, 3), st.integers(1, 99_999))
entries = halves.map(lambda half: Entry(half[0], half[1], half[2] if half[1] else 0))


@SQLITE
def test_a_version_goes_live_only_over_the_one_that_the_asker_saw(desk: Desk) -> None:
    """What somebody put there meanwhile stays, and the refusal names both and who it was."""
    for text in ("one", "two", "three"):
        desk.save(TRIAGE, text)
    desk.propose(f"{TRIAGE}@1")
    seen = {TRIAGE: Entry(1)}
    number = desk.propose(f"{TRIAGE}@3", by=SECOND)["number"]
    with refused(
        "expectation_failed", says=f"v3 of '{TRIAGE}' by now (release {number} by {SECOND}), not v1"
    ) as e:
        desk.propose(f"{TRIAGE}@2", expect=seen)
    assert {"settled": 3, "candidate": None, "percentage": None} == e[0].members["current"]
    assert shares(3, None, None) == desk.stages(TRIAGE)
    assert "live" == desk.propose(f"{TRIAGE}@2", expect={TRIAGE: Entry(3)})["state"]


@SQLITE
def test_an_expected_share_is_compared_and_one_left_out_is_not(desk: Desk) -> None:
    """Somebody raised it: whoever names the old share is asked again."""
    desk.save(TRIAGE, "one")
    desk.propose(TRIAGE, percent=10)
    desk.propose(f"{TRIAGE}@1", percent=60, by=ON_CALL)
    with refused("expectation_failed", says="v1 for 60 % and nothing for the rest"):
        desk.propose(f"{TRIAGE}@1", percent=20, by=ON_CALL, expect={TRIAGE: Entry(None, 1, 10_000)})
    asked = desk.propose(f"{TRIAGE}@1", percent=70, by=ON_CALL, expect={TRIAGE: Entry(None, 1)})
    assert "live" == asked["state"]


@SQLITE
def test_nothing_can_be_expected_and_only_of_what_is_proposed(desk: Desk) -> None:
    """Also when a closed release is proposed again, and with a broken glass."""
    desk.save(TRIAGE, "one")
    with refused("invalid", says=REPLY):
        desk.propose(TRIAGE, expect={REPLY: EMPTY})
    number = desk.propose(TRIAGE, apply="manual", expect={TRIAGE: EMPTY})["number"]
    desk.withdraw(number)
    with refused("expectation_failed", says="internal has nothing"):
        desk.propose(TRIAGE, again=number, expect={TRIAGE: Entry(1)})
    with refused("expectation_failed"):
        desk.propose(TRIAGE, by="admin@example.com", break_glass="Fire", expect={TRIAGE: Entry(1)})
    assert EMPTY == desk.entry("internal", TRIAGE)


@given(entries, entries)
def test_expected_is_what_stands_there_to_the_version_and_the_named_share(now: Entry, then: Entry) -> None:
    """Whatever differs is told apart, but for a share that was not named."""
    assert now.is_as(now)
    assert now.is_as(then) == (now == then)
    assert now.is_as(Entry(now.settled, now.candidate))
    assert (now.in_words() == then.in_words()) == (now == then)
