"""The null mirror, for an installation without git or with the mirror switched off; and what any mirror can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from prompts_admin.mirror.commits import MirrorCommit, checked_branch
from prompts_admin.mirror.remote import PushResult


class AnyMirror(Protocol):
    """What the outbox worker and the commands need of a mirror."""

    def open(self, *, origin: str = "") -> None: ...

    def origin(self) -> str: ...

    def position(self, branch: str) -> int: ...

    def anchors(self, *, origin: str) -> dict[int, str]: ...

    def heads(self) -> dict[str, str]: ...

    def trees(self) -> dict[str, str]: ...

    def write(self, commits: Sequence[MirrorCommit]) -> int: ...

    def check(self) -> tuple[str, ...]: ...

    def rebuild(self, commits: Iterable[MirrorCommit], *, origin: str = "") -> None: ...

    def push(self, url: str, *, seconds: float = 120.0) -> PushResult: ...


class NullMirror:
    """Do nothing, and say why when asked to push."""

    def __init__(self, reason: str = "The git mirror is switched off.") -> None:
        self.reason = reason

    def open(self, *, origin: str = "") -> None:
        """Do nothing."""

    def origin(self) -> str:
        """Return that nobody said."""
        return ""

    def position(self, branch: str) -> int:
        """Return 0 for every branch."""
        checked_branch(branch)
        return 0

    def anchors(self, *, origin: str) -> dict[int, str]:
        """Return no anchors."""
        return {}

    def heads(self) -> dict[str, str]:
        """Return no branches."""
        return {}

    def trees(self) -> dict[str, str]:
        """Return no branches."""
        return {}

    def write(self, commits: Sequence[MirrorCommit]) -> int:
        """Write nothing."""
        return 0

    def check(self) -> tuple[str, ...]:
        """Return no findings."""
        return ()

    def rebuild(self, commits: Iterable[MirrorCommit], *, origin: str = "") -> None:
        """Do nothing; the commits are not even read."""

    def push(self, url: str, *, seconds: float = 120.0) -> PushResult:
        """Return the reason why there is nothing to push."""
        return PushResult(False, "off", self.reason)
