"""The mirror as its writer sees it: one folder, one lock, batches in, findings out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from prompts_admin.mirror import remote
from prompts_admin.mirror.commits import MirrorCommit, checked_branch
from prompts_admin.mirror.git import Call
from prompts_admin.mirror.lock import held
from prompts_admin.mirror.repository import Repository, failed
from prompts_admin.mirror.stream import Tip

_KEPT = 3
"""How many damaged repositories stay beside the mirror, the newest ones."""
_ORIGIN = "prompts-admin-origin"
_GRACE = 2.0
"""Seconds for which a lock file of git must stay unchanged to count as left behind."""


class Mirror:
    """A git repository at `folder`, written by this program alone; safe between threads and processes.

    `patience` is how many seconds to wait for another writer. Every method raises Unavailable ("busy",
    "mirror_failed") and leaves each branch as it was or as it should be; `push` never raises.
    """

    def __init__(
        self, folder: Path, *, protocols: Sequence[str] = remote.PROTOCOLS, patience: float = 30.0
    ) -> None:
        self.folder = Path(folder).absolute()
        self._protocols = tuple(protocols)
        self._patience = patience

    def open(self, *, origin: str = "") -> None:
        """Create the repository when it is missing; a damaged one is left for `check` to report.

        `origin` says from which store it is written, see `origin`.
        """
        with self._held() as call:
            if not self.folder.exists() or not any(self.folder.iterdir()):
                fresh = self._fresh(call, (), origin)
                shutil.rmtree(self.folder, ignore_errors=True)
                fresh.rename(self.folder)

    def origin(self) -> str:
        """Return from which store the repository was written, empty when nobody said.

        Positions of another store mean nothing here: a backup that was put back counts on from its own.
        """
        with self._held():
            file = self.folder / _ORIGIN
            return file.read_text(encoding="utf-8") if file.is_file() else ""

    def position(self, branch: str) -> int:
        """Return the event of the last commit on `branch`, 0 when there is none."""
        tip = self._tips().get(checked_branch(branch))
        return tip.event if tip else 0

    def anchors(self, *, origin: str) -> dict[int, str]:
        """Return event and audit hash of the last commit of each branch, none when it is of another store."""
        if not self.folder.is_dir() or self.origin() != origin:
            return {}
        return {tip.event: tip.audit_hash for tip in self._tips().values() if tip.audit_hash}

    def heads(self) -> dict[str, str]:
        """Return the commit hash of each existing branch."""
        return {branch: tip.commit for branch, tip in self._tips().items()}

    def trees(self) -> dict[str, str]:
        """Return the hash of the tree of each existing branch: equal hashes are equal files."""
        return {branch: tip.tree for branch, tip in self._tips().items()}

    def write(self, commits: Sequence[MirrorCommit]) -> int:
        """Write a batch in one import, by event; return how many were new.

        Skips events at or below the branch's position, so that a repeated batch changes nothing. Raises
        Refused, before anything is written, for a branch or path that the mirror may not hold.
        """
        with self._held() as call:
            repository = Repository(self.folder, call)
            repository.clear(min(_GRACE, self._patience))
            return repository.append(sorted(commits, key=attrgetter("event")))

    def check(self) -> tuple[str, ...]:
        """Return what is wrong with the repository (`git fsck` and leftovers), empty when it is sound."""
        with self._held() as call:
            return Repository(self.folder, call).findings()

    def rebuild(self, commits: Iterable[MirrorCommit], *, origin: str = "") -> None:
        """Build a fresh repository beside the old one from all commits, in order of events, and swap the two.

        The same commits give the same hashes. A damaged old repository is kept as `NAME.damaged-N`; when the
        build fails, the old one stays where it is.
        """
        with self._held() as call:
            fresh = self._fresh(call, commits, origin)
            damaged = self.folder.exists() and bool(Repository(self.folder, call).findings())
            ready = fresh.rename(self._beside("ready"))
            if self.folder.exists():
                self.folder.rename(self._next_damaged() if damaged else self._beside("old"))
            ready.rename(self.folder)
            _remove(self._beside("old"))

    def push(self, url: str, *, seconds: float = 120.0) -> remote.PushResult:
        """Push all branches to `url`, never by force, within `seconds`; return what came of it."""
        return remote.push(self.folder, url, Call(seconds=seconds, protocols=self._protocols))

    def _tips(self) -> dict[str, Tip]:
        with self._held() as call:
            return Repository(self.folder, call).tips()

    @contextmanager
    def _held(self) -> Iterator[Call]:
        """Hold the lock, mend what a killed process left, and turn a full disk into Unavailable."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with held(self._beside("lock"), patience=self._patience) as descriptor:
                # A rebuild that was killed between its two renames is carried to its end.
                ready = self._beside("ready")
                if ready.exists() and not self.folder.exists():
                    ready.rename(self.folder)
                for leftover in ("ready", "old", "building"):
                    _remove(self._beside(leftover))
                yield Call(keep_open=(descriptor,))
        except OSError as error:
            raise failed(f"The git mirror cannot be written: {error.strerror or error}.") from error

    def _fresh(self, call: Call, commits: Iterable[MirrorCommit], origin: str) -> Path:
        repository = Repository(self._beside("building"), call)
        try:
            repository.create()
            (repository.folder / _ORIGIN).write_text(origin, encoding="utf-8")
            repository.append(commits)
        except BaseException:
            _remove(repository.folder)
            raise
        return repository.folder

    def _next_damaged(self) -> Path:
        names = (path.name for path in self.folder.parent.iterdir())
        found = (re.fullmatch(re.escape(self.folder.name) + r"\.damaged-([0-9]+)", name) for name in names)
        numbers = sorted(int(match[1]) for match in found if match)
        for number in numbers[: 1 - _KEPT]:
            _remove(self._beside(f"damaged-{number}"))
        return self._beside(f"damaged-{numbers[-1] + 1 if numbers else 1}")

    def _beside(self, suffix: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{suffix}")


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)  # git writes packs read-only, which Windows will not delete
    shutil.rmtree(folder)
