"""The bare repository on disk, without locking: create, read the tips, import a batch, find damage."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile

from prompts_admin.domain.errors import Unavailable
from prompts_admin.mirror import git
from prompts_admin.mirror.commits import BRANCHES, MAIN, MirrorCommit
from prompts_admin.mirror.stream import Tip, event_of, write_stream

_FIELDS = "%(refname:lstrip=2)%00%(objectname)%00%(tree)%00%(contents)%00"
_REFS = tuple(f"refs/heads/{branch}" for branch in BRANCHES)
_NOTEWORTHY = ("error", "warning", "fatal", "missing", "broken", "bad")


@dataclass(frozen=True)
class Repository:
    """A bare repository at `folder`; `call` is how git runs on it. Whoever writes holds the mirror's lock."""

    folder: Path
    call: git.Call

    def create(self) -> None:
        """Make an empty repository without templates and hooks, its HEAD on `main`."""
        self._git("init", "--bare", "--quiet", "--template=", f"--initial-branch={MAIN}",
                  "--object-format=sha1", str(self.folder))  # fmt: skip
        for key, value in (("core.hooksPath", "/dev/null"), ("core.logAllRefUpdates", "false")):
            self._git("config", "--local", key, value)

    def tips(self) -> dict[str, Tip]:
        """Return where each existing branch stands.

        Raises Unavailable ("mirror_failed") when the repository is missing, damaged or written by others.
        """
        outcome = git.run(self.folder, ["for-each-ref", f"--format={_FIELDS}", *_REFS], self.call)
        # A branch whose file is empty is only warned of; taken for a new one its history would be lost.
        if outcome.status or _complaints(outcome.err):
            raise failed(f"The git mirror cannot be read: {first_line(outcome.err)}")
        fields = [field.removeprefix("\n") for field in outcome.out.split("\0")]
        quarters = zip(fields[0::4], fields[1::4], fields[2::4], fields[3::4], strict=False)
        return {branch: _tip(branch, *rest) for branch, *rest in quarters}

    def append(self, commits: Iterable[MirrorCommit]) -> int:
        """Write the commits newer than their branch's tip in one import; return how many.

        Every branch is whole at any moment: git moves it in one step after all its objects are written.
        """
        with TemporaryFile(dir=self.folder.parent) as stream:
            written = write_stream(stream, commits, self.tips())
            stream.seek(0)
            if not written:
                return 0
            arguments = ["fast-import", "--done", "--quiet", "--date-format=raw"]
            outcome = git.run(self.folder, arguments, replace(self.call, stdin=stream))
        self._forget_crashes()
        if outcome.status:
            raise failed(f"The git mirror was not written: {first_line(outcome.err)}")
        # Small batches leave loose objects; git packs them when they are too many. Failures show in `check`.
        git.run(self.folder, ["gc", "--auto", "--quiet"], self.call)
        return written

    def findings(self) -> tuple[str, ...]:
        """Return what is wrong with the repository, in the words of git; empty when it is sound."""
        if not (self.folder / "HEAD").is_file():
            return (f"'{self.folder.name}' is no git repository.",)
        left = [f"A lock file was left: {lock.relative_to(self.folder)}" for lock in self.locks()]
        if (self.folder / "index").exists():
            left.append("A bare repository has no file 'index'.")
        try:
            self.tips()
        except Unavailable as error:
            left.append(error.detail)
        outcome = git.run(self.folder, ["fsck", "--full", "--no-dangling", "--no-progress"], self.call)
        said = _complaints(f"{outcome.out}\n{outcome.err}")
        if outcome.status and not said:
            left.append(f"git fsck ended with status {outcome.status}.")
        return (*left, *said)

    def locks(self) -> list[Path]:
        """Return the lock files of git that exist now."""
        places = (self.folder.glob("*.lock"), (self.folder / "refs").rglob("*.lock"))
        return sorted(lock for place in places for lock in place)

    def clear(self, grace: float) -> None:
        """Delete what a killed git left: crash reports, and lock files unchanged for `grace` seconds."""
        self._forget_crashes()
        stale = {lock: lock.stat().st_mtime_ns for lock in self.locks()}
        deadline = time.monotonic() + grace
        while stale and time.monotonic() < deadline:
            time.sleep(0.05)
            stale = {lock: seen for lock, seen in stale.items() if _is_unchanged(lock, seen)}
        for lock in stale:
            lock.unlink(missing_ok=True)

    def _forget_crashes(self) -> None:
        for report in self.folder.glob("fast_import_crash_*"):
            report.unlink(missing_ok=True)

    def _git(self, *arguments: str) -> None:
        outcome = git.run(self.folder, arguments, self.call)
        if outcome.status:
            raise failed(f"The git mirror could not be created: {first_line(outcome.err)}")


def failed(detail: str) -> Unavailable:
    """Return the error of a mirror that cannot be read or written; releases do not depend on it."""
    return Unavailable("mirror_failed", detail, "Run 'prompts-admin mirror rebuild'.")


def first_line(text: str) -> str:
    """Return the first line of git's words, at most 300 characters, without control characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "git said nothing")
    return "".join(character for character in line if character.isprintable())[:300]


def _tip(branch: str, commit: str, tree: str, message: str) -> Tip:
    event = event_of(message)
    if event is None:
        raise failed(f"The last commit of branch '{branch}' was not written by the mirror.")
    return Tip(commit, tree, *event)


def _complaints(said: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, said.splitlines()) if line.startswith(_NOTEWORTHY))


def _is_unchanged(lock: Path, seen: int) -> bool:
    try:
        return lock.stat().st_mtime_ns == seen
    except FileNotFoundError:
        return False
