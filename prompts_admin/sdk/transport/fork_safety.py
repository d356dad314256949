"""Fork safety: tells a forked child's objects that they have none of their parent's threads."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class ForkAware(Protocol):
    """An object that must know that it is in a forked child now."""

    def forked(self) -> None:
        """Begin anew; called in the child, before it does anything else."""


# The one thing here that belongs to the process: the hook cannot be taken back, and holds nothing alive.
_watched: WeakSet[ForkAware] = WeakSet()


def watch(one: ForkAware) -> None:
    """Have `forked` called in each child of this process, for as long as the object lives."""
    _watched.add(one)


def _in_child() -> None:
    for one in list(_watched):
        one.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
