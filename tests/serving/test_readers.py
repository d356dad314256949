"""Who serves which revision: never more certain than what was heard."""

from __future__ import annotations

from prompts_admin.serving import readers as registry
from prompts_admin.serving.readers import Readers, Report, merged


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
    readers.heard(report(7), token="site")
    clock.now += 20
    assert [(7, "web-1", "site")] == [(one.revision, one.host, one.token) for one in readers.live()]
    clock.now += 0.1
    assert [] == readers.live()


def test_a_reader_that_says_goodbye_is_gone_at_once() -> None:
    """A program that was stopped holds nobody up."""
    readers = Readers()
    readers.heard(report(7), token="site")
    readers.heard(report(None, gone=True), token="site")
    assert [] == readers.live()


def test_a_reader_whose_stream_ended_is_soon_forgotten() -> None:
    """A program that was killed counts for seconds; one that is heard again for its own time."""
    clock = Clock()
    readers = Readers(clock)
    readers.left("nobody")
    readers.heard(report(7, every=60.0), token="site")
    clock.now += 30
    readers.left("reader-1")
    clock.now += registry.LEFT_SECONDS - 0.1
    assert 1 == len(readers.live())
    readers.heard(report(7, every=60.0), token="site")
    clock.now += 100
    assert 1 == len(readers.live())
    readers.left("reader-1")
    clock.now += registry.LEFT_SECONDS + 0.1
    assert [] == readers.live()


def test_it_is_told_since_when_a_reader_serves_what_it_serves() -> None:
    """Reports that say the same do not begin anew."""
    clock = Clock()
    readers = Readers(clock)
    for revision in (7, 7, 8):
        readers.heard(report(revision), token="site")
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


def test_F45_memory_is_bounded_whoever_reports(monkeypatch: object) -> None:
    """The longest silent are forgotten."""
    readers = Readers()
    for number in range(registry.MOST + 10):
        readers.heard(Report(f"reader-{number:08}", 1, every=300), token="site")
        readers.asked("key", str(number))
    assert registry.MOST == len(readers.live()) == readers.asking()


def test_several_processes_hear_a_reader_as_it_was_heard_last() -> None:
    """A reader that reconnected elsewhere is one reader."""
    clock = Clock()
    one, other = Readers(clock), Readers(clock)
    one.heard(report(7), token="site")
    clock.now += 3
    other.heard(report(8), token="site")
    assert [8] == [found.revision for found in merged(one.live(), other.live())]
    assert [8] == [found.revision for found in merged(other.live(), one.live())]
