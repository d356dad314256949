"""The shelf of one scope at a target: content files that never change, and the pointer that is written last.

Content is stored compressed under a name of its own (`<sha256>.json.gz`, no Content-Encoding): every file server
and CDN hands such bytes on as they are, whatever it makes of encodings, so digest and size hold all the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from prompts_admin.publishing import pointers
from prompts_admin.publishing.pointers import Pointer, read_pointer
from prompts_admin.publishing.port import Stored, Target, failed

KEPT = 5
KEPT_FOR = timedelta(hours=24)
"""How long content is kept after another followed it: caches hand out older pointers for so long."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A snapshot to be published: `content` is the compressed document, `unpacked` its bytes without that."""

    epoch: str
    revision: int
    created_at: str
    content: bytes
    unpacked: int

    @property
    def pointer(self) -> Pointer:
        """The pointer to it."""
        digest = sha256(self.content).hexdigest()
        return Pointer(
            epoch=self.epoch,
            revision=self.revision,
            file=f"{digest}.json.gz",
            digest=f"sha256:{digest}",
            size=len(self.content),
            unpacked=self.unpacked,
            created_at=self.created_at,
        )


def put(target: Target, name: str, edition: Edition) -> tuple[Pointer, bool]:
    """Publish an edition unless its epoch has it or a later one there; return the pointer, and if it is new.

    Only one caller at a time may do this for a name. Killed at any point, it leaves the pointer on content
    that is there whole.
    """
    held = current(target, name)
    if held is not None and held.epoch == edition.epoch and held.revision >= edition.revision:
        if target.size(f"{name}/{held.file}") == held.size:
            return held, False
        if held.revision > edition.revision:
            raise failed(target.kind, "what a pointer names is gone", "Publish again from the newest state.")
    pointer = edition.pointer
    target.write(f"{name}/{pointer.file}", edition.content, lasting=True)
    if target.size(f"{name}/{pointer.file}") != pointer.size:
        raise failed(target.kind, "what was written is not there whole")
    target.write(f"{name}/{pointers.FILE}", pointer.encode(), lasting=False)
    return pointer, True


def current(target: Target, name: str) -> Pointer | None:
    """Return the pointer of a scope."""
    return read_pointer(target.read(f"{name}/{pointers.FILE}"))


def prune(target: Target, name: str, now: datetime) -> int:
    """Delete content that another followed long ago; never what the pointer names. Return how many files."""
    files = target.files(name)
    held = current(target, name)
    if held is None:
        return 0
    old = [one for one in _old(files, now) if one.name not in (held.file, pointers.FILE)]
    for one in old:
        target.delete(f"{name}/{one.name}")
    return len(old)


def withdraw(target: Target, name: str) -> None:
    """Remove all that a scope has, the pointer first."""
    target.delete(f"{name}/{pointers.FILE}")
    for one in target.files(name):
        target.delete(f"{name}/{one.name}")
    target.drop(name)


def _old(files: Iterable[Stored], now: datetime) -> list[Stored]:
    """Return the files beyond the newest ones whose follower is older than caches keep a pointer."""
    newest_first = sorted((one for one in files if one.name != pointers.FILE), key=lambda one: -one.modified)
    limit = (now - KEPT_FOR).timestamp()
    return [
        one
        for rank, one in enumerate(newest_first)
        if rank >= KEPT and newest_first[rank - 1].modified < limit
    ]
