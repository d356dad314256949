"""A memory of what was used: bounded, and what was used last stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.serving.recently_used import RecentlyUsed


@given(st.lists(st.tuples(st.sampled_from(["get", "put", "forget"]), st.integers(0, 6))), st.integers(1, 4))
def test_the_least_recently_used_is_forgotten(steps: list[tuple[str, int]], most: int) -> None:
    """As a list does it that moves what is used to its end and is cut at its beginning."""
    memory: RecentlyUsed[int, str] = RecentlyUsed(most)
    model: list[int] = []
    for step, key in steps:
        was_here = key in model
        if step != "put" and not was_here:
            assert memory.get(key) is None
            continue
        model = [one for one in model if one != key] + [key] * (step != "forget")
        model = model[-most:]
        if step == "get":
            assert str(key) == memory.get(key)
        elif step == "put":
            memory.put(key, str(key))
        else:
            memory.forget(key)
        assert len(model) == len(memory)
    assert [str(key) for key in model] == [memory.get(key) for key in model]


def test_only_the_oldest_are_looked_at_when_time_has_passed() -> None:
    """Up to the first that still counts."""
    memory: RecentlyUsed[str, int] = RecentlyUsed(10)
    for moment, name in enumerate("abc"):
        memory.put(name, moment)
    memory.put("a", 5)
    memory.forget_while(lambda moment: moment < 2)
    assert [5, None, 2] == [memory.get(name) for name in "abc"]


def test_many_threads_keep_it_bounded() -> None:
    """Nothing is lost but what is too many, and nobody sees it half changed."""
    memory: RecentlyUsed[int, int] = RecentlyUsed(50)

    def work(start: int) -> int:
        for number in range(start, start + 2_000):
            memory.put(number % 97, number)
            memory.get(number % 31)
        return len(memory)

    with ThreadPoolExecutor(8) as threads:
        assert {50} == set(threads.map(work, range(8)))
