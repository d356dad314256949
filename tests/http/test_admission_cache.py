"""What is remembered of who was served: found only while the store fails, and only if it was good until then."""

from __future__ import annotations

from prompts_admin.http.admission_cache import LastKnown


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_was_good_shortly_before_the_store_failed_is_found_for_ever() -> None:
    """However long the store is away; somebody whom nobody saw for ten minutes before that is not found."""
    clock = Seconds()
    known: LastKnown[str] = LastKnown(clock)
    known.keep("long ago", "a")
    clock.now += 601
    known.keep("just now", "b")
    clock.now += 100_000
    assert ("b", None, None) == (known.find("just now"), known.find("long ago"), known.find("nobody"))


def test_a_store_that_failed_is_left_alone_for_a_second() -> None:
    """After that one request tries it again, and an answer ends the wait."""
    clock = Seconds()
    known: LastKnown[str] = LastKnown(clock)
    assert not known.is_failing
    known.find("x")
    assert known.is_failing
    clock.now += 0.9
    known.find("x")
    clock.now += 0.2
    assert not known.is_failing
    known.find("x")
    known.keep("x", "a")
    assert not known.is_failing


def test_S53_memory_is_bounded_and_what_ended_is_forgotten() -> None:
    """Those who were not seen for longest go first."""
    known: LastKnown[int] = LastKnown()
    for number in range(10_001):
        known.keep(str(number), number)
        known.keep("1", 1)
    known.forget("10000")
    assert (None, 1, None) == (known.find("0"), known.find("1"), known.find("10000"))
