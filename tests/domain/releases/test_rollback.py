"""Rolling back: what may be settled instead, which version is meant, and that nothing moves twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Conflict, Refused, Usage
from prompts_admin.domain.releases.records import HistoryLine
from prompts_admin.domain.releases.rollback import (
    OFF,
    ago,
    check_not_put_back_already,
    not_live,
    only_version,
    removed,
    rollback_targets,
)
from prompts_admin.domain.stages import STAGES, Entry
from tests.domain.releases.release_cases import (
    ANA,
    KEY,
    NOW,
    entries,
    histories,
    history,
    part_shares,
    versions,
)

bad_ones = st.sets(versions)
targets_of = st.lists(versions, unique=True, max_size=5)


def left_at(lines: list[HistoryLine]) -> dict[int, int]:
    """Return when each version was last replaced here otherwise than by an undo; what stands now is newest."""
    found: dict[int, int] = {}
    for index, line in enumerate(lines):
        if line.before.settled not in (None, line.after.settled) and line.kind != "undo":
            found[line.before.settled or 0] = index
    if lines and lines[-1].after.settled is not None:
        found[lines[-1].after.settled] = len(lines)
    return found


@given(histories, versions, bad_ones)
def test_targets_were_settled_here_and_are_not_marked(
    lines: list[HistoryLine], version: int, bad: set[int]
) -> None:
    """Targets are exactly the unmarked versions that were settled here and not merely undone, never the removed."""
    targets = rollback_targets(version, lines, bad.__contains__)
    assert sorted(targets) == sorted(set(left_at(lines)) - {version} - bad)


@given(histories, versions)
def test_targets_come_by_time(lines: list[HistoryLine], version: int) -> None:
    """Of two targets the one settled more recently comes first, whatever their numbers."""
    times = left_at(lines)
    found = [times[target] for target in rollback_targets(version, lines, lambda _: False)]
    assert found == sorted(found, reverse=True)


def test_what_was_undone_is_no_target() -> None:
    """2 was live by mistake and undone: a rollback of 1 never brings it back."""
    lines = history(("initial", Entry(1)), ("promotion", Entry(2)), ("undo", Entry(1)))
    assert () == rollback_targets(1, lines, lambda _: False)


def test_time_beats_number() -> None:
    """2 after 5 after 1: removing 2 goes back to 5, then to 1, and a share is no target."""
    lines = history(
        ("promotion", Entry(1)),
        ("promotion", Entry(5)),
        ("promotion", Entry(5, 9, 100)),
        ("promotion", Entry(2)),
    )
    assert rollback_targets(2, lines, lambda _: False) == (5, 1)
    assert rollback_targets(2, lines, lambda version: version == 5) == (1,)


def test_removing_a_candidate_leaves_what_is_settled() -> None:
    """Whatever the targets are, the settled version stays."""
    assert removed(Entry(7, 8, 10_000), 8, [6, 5], key=KEY, stage="full") == Entry(7)


@given(entries, versions, targets_of)
def test_only_the_named_version_goes(entry: Entry, version: int, targets: list[int]) -> None:
    """After a rollback nobody gets the named version, and whoever got another one as a share still does."""
    others = [target for target in targets if target != version]
    after = removed(entry, version, others, key=KEY, stage="full")
    assert not after.runs(version)
    if entry.settled == version:
        assert after.settled == (others[0] if others else None)
    else:
        assert after.settled == entry.settled
    if entry.candidate not in (None, version, after.settled):
        assert (after.candidate, after.percentage) == (entry.candidate, entry.percentage)


@given(targets_of, st.none() | versions, part_shares)
def test_the_first_target_is_settled(targets: list[int], candidate: int | None, share: int) -> None:
    """What gives way is followed by the first target; a candidate that becomes settled is no share any more."""
    entry = Entry(20, candidate, share if candidate else 0)
    target = targets[0] if targets else None
    keeps = candidate is not None and candidate != target
    expected = Entry(target, candidate, share) if keeps else Entry(target)
    assert removed(entry, 20, targets, key=KEY, stage="full") == expected


@given(entries, versions)
def test_what_does_not_run_is_not_removed(entry: Entry, version: int) -> None:
    """An entry that does not run the version stays as it is."""
    if not entry.runs(version):
        assert removed(entry, version, [1], key=KEY, stage="full") == entry


@given(targets_of, st.integers(1, 12))
def test_a_chosen_target_meets_the_same_test(targets: list[int], chosen: int) -> None:
    """`--to V` settles V when it qualifies, and is otherwise refused with those that do."""
    if chosen in targets:
        assert removed(Entry(20), 20, targets, key=KEY, stage="beta", to=str(chosen)) == Entry(chosen)
        return
    with pytest.raises(Refused, match=f"v{chosen} on beta") as caught:
        removed(Entry(20), 20, targets, key=KEY, stage="beta", to=str(chosen))
    assert (caught.value.code, caught.value.status) == ("no_target", 409)
    assert caught.value.members == {"targets": targets, "stage": "beta"}
    assert all(f"v{target}" in caught.value.remedy for target in targets)


@pytest.mark.parametrize("to", ["x", "", "-1", "7.0", "²", "none "])
def test_a_target_that_is_no_number_is_refused(to: str) -> None:
    """Anything but a number and `none` is refused, and nothing else goes wrong."""
    with pytest.raises(Refused):
        removed(Entry(8), 8, [7], key=KEY, stage="beta", to=to)


@given(targets_of)
def test_switching_off_settles_nothing(targets: list[int]) -> None:
    """`--to none` leaves nothing settled, though there would be targets."""
    assert removed(Entry(20), 20, targets, key=KEY, stage="beta", to=OFF).is_empty


@given(st.dictionaries(st.sampled_from(STAGES), entries), st.sets(versions, max_size=2))
def test_the_only_version_is_unambiguous(on: dict[str, Entry], pinned: set[int]) -> None:
    """`rollback KEY` alone means the one version that runs anywhere, by itself or inside a live prompt."""
    running = {v for e in on.values() for v in (e.settled, e.candidate) if v is not None} | pinned
    if len(running) == 1:
        assert {only_version(KEY, on, pinned)} == running
        return
    with pytest.raises((Conflict, Usage)) as caught:
        only_version(KEY, on, pinned)
    if running:
        commands = {f"prompts-admin rollback {KEY}@{version}" for version in running}
        assert (caught.value.code, caught.value.exit_code) == ("ambiguous", 2)
        assert set(caught.value.members["commands"]) == commands
    else:
        assert (caught.value.code, caught.value.status) == ("not_live", 409)


@given(histories.filter(bool), part_shares)
def test_what_was_put_back_must_be_named(lines: list[HistoryLine], seconds: int) -> None:
    """An unnamed rollback is refused after a rollback, undo or restore, saying who did what and how to go on."""
    last, now = lines[-1], lines[-1].at + timedelta(seconds=seconds)
    if last.kind == "promotion":
        check_not_put_back_already(KEY, 6, last, now=now)
        return
    with pytest.raises(Conflict, match=f"v6 by {ANA}") as caught:
        check_not_put_back_already(KEY, 6, last, now=now)
    assert (caught.value.code, caught.value.exit_code) == ("already_rolled_back", 4)
    assert f"rollback {KEY}@6" in caught.value.remedy
    assert caught.value.members["release"] == last.release


def test_a_first_rollback_need_not_be_named() -> None:
    """Without any history nothing stands in the way."""
    check_not_put_back_already(KEY, 6, None, now=NOW)


def test_not_live_says_who_removed_it() -> None:
    """Rolling back what somebody just rolled back says to what, by whom and when."""
    last = history(("promotion", Entry(6)), ("promotion", Entry(7)), ("rollback", Entry(6)))[-1]
    error = not_live(KEY, 7, last, now=last.at + timedelta(seconds=20))
    assert error.detail == f"'{KEY}@7' was already rolled back to v6 by {ANA} 20 s ago."
    off = history(("promotion", Entry(7)), ("rollback", Entry()))[-1]
    assert "and switched off by" in not_live(KEY, 7, off, now=off.at).detail


def test_not_live_without_a_removal() -> None:
    """A version that no putting back removed simply is not live."""
    promoted = history(("promotion", Entry(7)), ("promotion", Entry(8)))[-1]
    other = history(("promotion", Entry(8)), ("rollback", Entry()))[-1]
    assert {not_live(KEY, 7, line, now=NOW).code for line in (None, promoted, other)} == {"not_live"}


@given(st.integers(0, 10**7))
def test_ago_is_whole_and_never_negative(seconds: int) -> None:
    """Times for people are whole numbers of one unit; a clock that runs behind gives 0."""
    number, _unit, word = ago(NOW, NOW + timedelta(seconds=seconds)).split()
    assert int(number) >= 0 and word == "ago"
    assert ago(NOW + timedelta(seconds=seconds), NOW) == "0 s ago"
