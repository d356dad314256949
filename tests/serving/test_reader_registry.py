"""Who serves which revision: never more certain than what was heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.serving import reader_registry as registry
from prompts_admin.serving import reader_table
from prompts_admin.serving.reader_registry import Readers, Report, merged
from prompts_admin.serving.reader_table import Reader
from tests.support.lengths import examples


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def report(revision: int | None, *, every: float = 10.0, **fields: object) -> Report:
    return Report("reader-1", revision, "python/1", "web-1", every, **fields)  # type: ignore[arg-type]


def test_a_reader_is_live_for_two_of_its_intervals() -> None:
    """One missed report is forgiven; after two nobody knows."""
    clock = Clock()
    readers = Readers(clock)
    readers.heard(report(7), token="site", owner="site")
    clock.now += 20
    assert [(7, "web-1", "site")] == [(one.revision, one.host, one.token) for one in readers.live()]
    clock.now += 0.1
    assert [] == readers.live()


def test_a_reader_that_says_goodbye_is_gone_at_once() -> None:
    """A program that was stopped holds nobody up."""
    readers = Readers()
    readers.heard(report(7), token="site", owner="site")
    readers.heard(report(None, gone=True), token="site", owner="site")
    assert [] == readers.live()


def test_a_reader_whose_stream_ended_is_soon_forgotten() -> None:
    """A program that was killed counts for seconds; one that is heard again for its own time."""
    clock = Clock()
    readers = Readers(clock)
    readers.left(("site", "nobody"))
    readers.heard(report(7, every=60.0), token="site", owner="site")
    clock.now += 30
    readers.left(("site", "reader-1"))
    clock.now += registry.LEFT_SECONDS - 0.1
    assert 1 == len(readers.live())
    readers.heard(report(7, every=60.0), token="site", owner="site")
    clock.now += 100
    assert 1 == len(readers.live())
    readers.left(("site", "reader-1"))
    clock.now += registry.LEFT_SECONDS + 0.1
    assert [] == readers.live()


def test_it_is_told_since_when_a_reader_serves_what_it_serves() -> None:
    """Reports that say the same do not begin anew."""
    clock = Clock()
    readers = Readers(clock)
    for revision in (7, 7, 8):
        readers.heard(report(revision), token="site", owner="site")
        clock.now += 5
    assert [(8, 1_010.0, 1_010.0)] == [(one.revision, one.since, one.seen) for one in readers.live()]


def test_clients_that_only_ask_are_counted_for_a_minute() -> None:
    """Each token and address once."""
    clock = Clock()
    readers = Readers(clock)
    for key, address in (("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")):
        readers.asked(key, address)
    assert 3 == readers.asking()
    clock.now += 61
    assert 0 == readers.asking()


def test_F45_memory_is_bounded_whoever_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest silent are forgotten."""
    monkeypatch.setattr(reader_table, "MOST_OF_TOKEN", 100)
    monkeypatch.setattr(registry, "MOST_ASKING", 100)
    readers = Readers()
    for number in range(110):
        readers.heard(Report(f"reader-{number:08}", 1, every=300), token="site", owner="site")
        readers.asked("key", str(number))
    assert 100 == len(readers.live()) == readers.asking()
    assert "reader-00000010" == readers.live()[0].id


def test_S53_no_token_crowds_out_the_readers_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """It loses its own when it names too many, and when the table is full whoever has the most loses one."""
    monkeypatch.setattr(reader_table, "MOST_OF_TOKEN", 6)
    monkeypatch.setattr(reader_table, "MOST", 10)
    readers = Readers()
    for owner in ("a", "b", "c"):
        readers.heard(report(7), token="site", owner=owner)
    for number in range(50):
        readers.heard(Report(f"made-up-{number}", 1, every=300), token="evil", owner="evil")
    counted = Counter(one.owner for one in readers.live())
    assert {"a": 1, "b": 1, "c": 1, "evil": 6} == counted
    for number in range(5):
        readers.heard(report(7), token="site", owner=f"late-{number}")
    counted = Counter(one.owner for one in readers.live())
    assert 10 == counted.total() and 2 == counted["evil"] and all(counted[name] for name in "abc")
    heard, gone = readers.take_changed()
    assert {one.who for one in readers.live()} == {one.who for one in heard}
    assert ("evil", "made-up-0") in gone


def test_S38_no_token_speaks_for_the_readers_of_another() -> None:
    """An id that somebody else uses is another reader: neither overwritten nor ended."""
    readers = Readers()
    readers.heard(report(7), token="site", owner="site")
    readers.heard(report(8), token="evil", owner="evil")
    assert {("site", 7), ("evil", 8)} == {(one.owner, one.revision) for one in readers.live()}
    readers.heard(report(8, gone=True), token="evil", owner="evil")
    readers.left(("evil", "reader-1"))
    assert [("site", 7, 10.0)] == [(one.owner, one.revision, one.every) for one in readers.live()]
    assert 2 == len(merged(readers.live(), [replace(readers.live()[0], owner="evil")]))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"), st.integers(0, 5)), max_size=60))
@examples(100)
def test_the_table_counts_as_a_list_would(steps: list[tuple[bool, str, int]]) -> None:
    """Whatever comes and goes, the token with the most is the one that loses."""
    table, model = reader_table.ReaderTable(), dict[tuple[str, str], None]()
    for comes, owner, number in steps:
        who = owner, str(number)
        model.pop(who, None)
        if not comes:
            table.pop(who)
            continue
        model[who] = None
        sizes = Counter(one for one, _ in model)
        with patch.object(reader_table, "MOST", 8), patch.object(reader_table, "MOST_OF_TOKEN", 5):
            forgotten = table.put(Reader(*who, 1, "", "", 1.0, "", 0.0, 0.0))
        assert bool(forgotten) == (sizes[owner] > 5 or len(model) > 8)
        if forgotten:
            assert forgotten == next(one for one in model if one[0] == forgotten[0])
            assert forgotten[0] == owner if sizes[owner] > 5 else sizes[forgotten[0]] == max(sizes.values())
            del model[forgotten]
        assert sorted(model) == sorted(one.who for one in table.all())


def test_several_processes_hear_a_reader_as_it_was_heard_last() -> None:
    """A reader that reconnected elsewhere is one reader."""
    clock = Clock()
    one, other = Readers(clock), Readers(clock)
    one.heard(report(7), token="site", owner="site")
    clock.now += 3
    other.heard(report(8), token="site", owner="site")
    assert [8] == [found.revision for found in merged(one.live(), other.live())]
    assert [8] == [found.revision for found in merged(other.live(), one.live())]
