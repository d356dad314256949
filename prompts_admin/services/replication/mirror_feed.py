"""Feeds the git mirror from the store, and tells the outbox what has been written."""

from __future__ import annotations

import logging
import threading

from prompts_admin import mirror
from prompts_admin.domain.audit_chain import Anchor
from prompts_admin.domain.errors import Unavailable
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.mirror import BRANCHES, AnyMirror, Mirror, NullMirror, PushResult
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.work import Work
from prompts_admin.services.replication.mirror_commits import mirror_commits
from prompts_admin.settings.table import Settings
from prompts_admin.store.records import outbox

TOPICS = ("mirror.version", "mirror.release", "mirror.settings")
MOST = 5_000

_log = logging.getLogger(__name__)


class MirrorFeed:
    """Writes what happened into the mirror, each thing once, in the order in which it happened."""

    def __init__(self, runner: Runner, target: AnyMirror | None = None) -> None:
        self._runner = runner
        self._target = target
        self._written: int | None = None
        self._epoch = ""
        self._one_at_a_time = threading.Lock()

    def step(self) -> int:
        """Write what is new and return how many commits that made; the outbox shrinks only afterwards."""
        with self._one_at_a_time:
            epoch, waiting = self._runner.look(THE_SYSTEM, _waiting)
            if self._written is None or epoch != self._epoch:
                self._open(epoch)
            made = self._carefully_written() if waiting else 0
            if waiting:
                self._runner.do(THE_SYSTEM, _done, None, waiting)
            return made

    def rebuild(self) -> dict[str, str]:
        """Build the mirror anew from the store alone; return the tree of each branch."""
        with self._one_at_a_time:
            self._build()
            self._written = None
            return self._mirror.trees()

    def push(self, url: str) -> PushResult:
        """Send the branches to a remote; never forced."""
        return self._mirror.push(url)

    def trees(self) -> dict[str, str]:
        """Return the tree of each branch."""
        return self._mirror.trees()

    def anchors(self) -> tuple[Anchor, ...]:
        """Return the ends of the audit chain that the branches remember; none while the mirror cannot be read."""
        try:
            found = self._mirror.anchors(origin=self._runner.look(THE_SYSTEM, _epoch))
            return tuple(Anchor(event, known) for event, known in sorted(found.items()))
        except Unavailable as problem:
            _log.warning("The audit is verified without the mirror: %s", problem.detail)
            return ()

    @property
    def _mirror(self) -> AnyMirror:
        """Look for git only when the mirror is used: a command that only reads should not pay for it."""
        if self._target is None:
            self._target = open_mirror(self._runner.settings)
        return self._target

    def _open(self, epoch: str) -> None:
        """Find where to go on; a mirror that is empty, damaged or of the store before a restore is built anew."""
        self._mirror.open(origin=epoch)
        if self._mirror.check() or self._mirror.origin() != epoch or not self._fits():
            self._build()
        self._epoch = epoch
        self._written = min(self._mirror.position(branch) for branch in BRANCHES)
        if isinstance(self._mirror, NullMirror):
            # Else every step would walk the whole audit chain for nobody.
            self._written = self._runner.look(THE_SYSTEM, _last_event)

    def _build(self) -> None:
        with self._runner.store.read() as view:
            commits = (commit for batch in mirror_commits(view.connection) for commit in batch)
            self._mirror.rebuild(commits, origin=view.head.epoch)

    def _fits(self) -> bool:
        newest = max(self._mirror.position(branch) for branch in BRANCHES)
        return 0 < newest <= self._runner.look(THE_SYSTEM, _last_event)

    def _carefully_written(self) -> int:
        """Write; after a failure the next step looks at the repository again before it goes on."""
        try:
            return self._write()
        except Exception:
            self._written = None
            raise

    def _write(self) -> int:
        made = 0
        with self._runner.store.read() as view:
            for batch in mirror_commits(view.connection, after=self._written or 0):
                made += self._mirror.write(batch)
                self._written = max(commit.event for commit in batch)
        return made


def open_mirror(settings: Settings) -> AnyMirror:
    """Return the mirror that the settings ask for, one that does nothing when git is missing or it is off."""
    if not settings.mirror:
        return NullMirror("off")
    reason = mirror.available()
    return NullMirror(reason) if reason else Mirror(settings.data / "mirror.git")


def _epoch(work: Work) -> str:
    return work.head.epoch


def _last_event(work: Work) -> int:
    return work.head.audit_seq


def _waiting(work: Work) -> tuple[str, list[int]]:
    return work.head.epoch, [
        message.id for message in outbox.due(work.connection, work.now, limit=MOST, topics=TOPICS)
    ]


def _done(work: Work, ids: list[int]) -> None:
    outbox.delivered(work.connection, ids, work.now)
