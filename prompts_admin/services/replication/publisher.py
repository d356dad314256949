"""Publishes what each token scope may see beyond this machine, and clears away what is over."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from prompts_admin.domain.errors import Refused, Unavailable
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.publishing import shelf
from prompts_admin.publishing.names import is_own, scope_name
from prompts_admin.publishing.port import Target
from prompts_admin.publishing.shelf import Edition
from prompts_admin.publishing.targets import open_target
from prompts_admin.schemas.records import Published as PublishedDocument
from prompts_admin.schemas.records import PublishedScope
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.server_key import own_key
from prompts_admin.services.core.work import Work
from prompts_admin.services.replication.publish_lock import publishing_turn
from prompts_admin.services.serving.scopes import pointer_place, scopes_to_publish
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.scopes import Scope
from prompts_admin.serving.snapshot_bytes import make_document

LOOK_AGAIN_SECONDS = 60.0
"""How often pointers are read though nothing changed here: what another process left behind is put right."""
SWEEP_SECONDS = 600.0
PATIENCE_SECONDS = 60.0

Position = tuple[str, int, frozenset[Scope]]


@dataclass(frozen=True)
class Published:
    """How far publishing has come: the revision that every pointer has at least, and how many there are."""

    revision: int = 0
    scopes: int = 0
    seconds: float = 0.0


class Publisher:
    """Writes each new revision to the target that the settings name; one process at a time does."""

    def __init__(self, runner: Runner, live: LiveSnapshot) -> None:
        self._runner = runner
        self._live = live
        self._target: Target | None = None
        self._done: Position | None = None
        self._look_at = 0.0
        self._swept: frozenset[str] | None = None
        self._sweep_at = 0.0
        self._lock = threading.Lock()
        self.state = Published()

    def step(self) -> int:
        """Publish what is new, unless another process is at it; return how many pointers moved."""
        position = self._position()
        if position == self._done and time.monotonic() < self._look_at:
            return 0
        with publishing_turn(self._runner, self._lock, 0.0) as mine:
            return sum(one["changed"] for one in self._round()["scopes"]) if mine else 0

    def publish(self) -> PublishedDocument:
        """Publish now, after whoever is at it; return what each scope has.

        Raises Refused("invalid") without a target, Unavailable("publish_failed") when it cannot be used, and
        Unavailable("busy").
        """
        if not self._runner.settings.publish_url:
            remedy = "Set PROMPTS_ADMIN_PUBLISH_URL, to file:///srv/snapshots for instance."
            raise Refused("invalid", "No target is set for snapshots.", remedy)
        with publishing_turn(self._runner, self._lock, PATIENCE_SECONDS) as mine:
            if not mine:
                raise Unavailable("busy", "Another process is publishing.", "Try again.")
            self._sweep_at = 0.0
            return self._round()

    def _round(self) -> PublishedDocument:
        """Publish every scope, then clear away; the turn is had, so pointers only move on."""
        began = time.monotonic()
        snapshot, scopes = self._newest()
        target = self._opened()
        told = [self._put(target, snapshot, scope) for scope in sorted(scopes, key=lambda scope: scope.tag)]
        removed = self._sweep(target, scopes)
        seconds = time.monotonic() - began
        self._done = (snapshot.epoch, snapshot.revision, scopes)
        self._look_at = time.monotonic() + LOOK_AGAIN_SECONDS
        self.state = Published(snapshot.revision, len(told), seconds)
        return {
            "epoch": snapshot.epoch,
            "revision": snapshot.revision,
            "target": target.kind,
            "scopes": told,
            "removed": removed,
            "seconds": round(seconds, 3),
        }

    def _newest(self) -> tuple[Snapshot, frozenset[Scope]]:
        """Return the snapshot and the scopes of now; a process that has not heard of a new epoch is held back."""
        live = self._live
        live.noticed()
        snapshot = live.current()
        epoch, scopes = self._runner.look(THE_SYSTEM, _wanted)
        if epoch != snapshot.epoch:
            raise Unavailable("busy", "The store was restored; the new state is being read.", "Try again.")
        return snapshot, scopes

    def _position(self) -> Position:
        epoch, scopes = self._runner.look(THE_SYSTEM, _wanted)
        # Others commit too, and the snapshot may not have looked for a moment.
        self._live.noticed()
        return epoch, self._live.current().revision, scopes

    def _put(self, target: Target, snapshot: Snapshot, scope: Scope) -> PublishedScope:
        edition = self._edition(snapshot, scope)
        pointer, changed = shelf.put(target, self._name(scope), edition)
        return {
            "pointer": pointer_place(self._runner.settings, scope),
            "features": None if scope.features is None else sorted(scope.features),
            "clearance": scope.clearance,
            "revision": pointer.revision,
            "size": pointer.size,
            "changed": changed,
        }

    def _edition(self, snapshot: Snapshot, scope: Scope) -> Edition:
        document = self._live.document(scope)
        if not document.tag.startswith(f"{snapshot.epoch}-{snapshot.revision}-"):
            document = make_document(snapshot, scope)
        return Edition(
            epoch=snapshot.epoch,
            revision=snapshot.revision,
            created_at=snapshot.created_at,
            content=document.gzipped,
            unpacked=len(document.body),
        )

    def _sweep(self, target: Target, scopes: frozenset[Scope]) -> int:
        """Remove scopes that no token has any more, and content that is long past; return how many scopes."""
        names = frozenset(map(self._name, scopes))
        if names == self._swept and time.monotonic() < self._sweep_at:
            return 0
        key, now = own_key(self._runner.settings), self._runner.store.clock()
        over = [name for name in target.folders() if name not in names and is_own(key, name)]
        for name in over:
            shelf.withdraw(target, name)
        for name in names:
            shelf.prune(target, name, now)
        self._swept, self._sweep_at = names, time.monotonic() + SWEEP_SECONDS
        return len(over)

    def _name(self, scope: Scope) -> str:
        return scope_name(own_key(self._runner.settings), scope.features, scope.clearance)

    def _opened(self) -> Target:
        if self._target is None:
            settings = self._runner.settings
            self._target = open_target(settings.publish_url, settings.publish_options)
        return self._target


def _wanted(work: Work) -> tuple[str, frozenset[Scope]]:
    return work.head.epoch, scopes_to_publish(work)
