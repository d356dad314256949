"""The refetch hub, for streams of OFREP: told that something changed, never what (OFREP ADR 0008)."""

from __future__ import annotations

import json

from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.serving.hub import RETRY_MS, Hub, position
from prompts_admin.serving.scopes import Scope, knows
from prompts_admin.serving.snapshot_changes import Change


class RefetchHub(Hub):
    """Speaks OFREP on the streams; called once readers get the new snapshot, as every hub is."""

    def hello(self, snapshot: Snapshot, held: str = "") -> bytes:
        """Say where the stream stands, which browsers send back; one that missed something asks again."""
        where = position(snapshot)
        # An event without data is not dispatched, but its id counts (HTML, 9.2.6).
        said = f"id: {where}\nretry: {self._random.randint(*RETRY_MS)}\n\n".encode()
        return said + refetch(where) if held and held != where else said

    def told(self, change: Change | None, new: Snapshot, scope: Scope) -> bytes:
        """Return the event of a change, empty for whom nothing changed."""
        # What a feature's settings change is among the keys.
        is_touched = (
            change is None
            or change.audiences
            or any(knows(scope, change.old, key) or knows(scope, change.new, key) for key in change.keys)
        )
        return refetch(position(new)) if is_touched else b""

    def reset(self) -> bytes:
        """Return the event after which everything is asked for anew."""
        return refetch("")

    def goodbye(self, reason: str) -> bytes:
        """Return when to come back."""
        return b"retry: %d\n\n" % self._random.randint(*RETRY_MS)


def refetch(where: str) -> bytes:
    """Return the event `refetchEvaluation`; its `etag` comes back with the question that follows."""
    data = {"type": "refetchEvaluation", **({"etag": where} if where else {})}
    head = f"event: message\nid: {where}\n" if where else "event: message\n"
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
