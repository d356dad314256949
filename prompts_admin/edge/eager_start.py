"""Beginning what is awaited outside of a task: thousands of sends that need not wait wake no task each."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import Any


def begin(work: Awaitable[None]) -> Awaitable[None] | None:
    """Do work as far as it goes without waiting; return what is left of it, None when it is done.

    What is left is to be awaited in a task, and raises there what the work raises.
    """
    steps = work.__await__()
    try:
        return _Rest(steps, next(steps))
    except StopIteration:
        return None
    except Exception as error:  # whoever awaits it is to see it, not whoever began
        return _fail(error)


class _Rest:
    """Work that has begun, from what it waits for on."""

    def __init__(self, steps: Generator[Any, Any, None], awaited: object) -> None:
        self._steps = steps
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self._awaited
            yield from self._steps
        finally:
            self._steps.close()


async def _fail(error: Exception) -> None:
    raise error
