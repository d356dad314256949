"""Work begun outside of a task: done at once where it need not wait, else awaited to its end."""

from __future__ import annotations

import asyncio

import pytest

from prompts_admin.edge.eager_start import begin
from tests.support.loops import run_loop


def test_what_need_not_wait_is_done_at_once() -> None:
    """Nothing is left, and no loop was needed."""
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begin(work()) is None
    assert [1] == done


def test_what_waits_is_awaited_from_there_on() -> None:
    """However often it waits, each step is done once and in order."""

    async def scene() -> None:
        steps: list[int] = []
        open_gate = asyncio.Event()

        async def work() -> None:
            for number in range(3):
                steps.append(number)
                await (open_gate.wait() if number == 0 else asyncio.sleep(0))

        left = begin(work())
        assert left is not None
        assert [0] == steps
        asyncio.get_running_loop().call_later(0.01, open_gate.set)
        await left
        assert [0, 1, 2] == steps

    run_loop(scene())


def test_what_fails_fails_where_it_is_awaited() -> None:
    """At its beginning or later: whoever began it goes on with the others."""

    async def scene() -> None:
        async def work(*, late: bool) -> None:
            if late:
                await asyncio.sleep(0.001)
            raise ConnectionError

        for late in (False, True):
            left = begin(work(late=late))
            assert left is not None
            with pytest.raises(ConnectionError):
                await left

    run_loop(scene())


def test_what_is_cancelled_is_closed() -> None:
    """A task that stops waiting leaves nothing behind."""

    async def scene() -> None:
        closed: list[bool] = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                closed.append(True)

        async def wait() -> None:
            left = begin(work())
            assert left is not None
            await left

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [True] == closed

    run_loop(scene())
