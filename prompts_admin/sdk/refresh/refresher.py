"""Everything between the holder and the server: the threads that keep it fresh, and what they do beside."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from prompts_admin.sdk.refresh.polling import Keeper
from prompts_admin.sdk.snapshots.holder import Held, Holder
from prompts_admin.sdk.snapshots.snapshot_writer import snapshot_bytes
from prompts_admin.sdk.transport.port import PushingTransport, Transport

if TYPE_CHECKING:
    from prompts_admin.sdk.refresh.streaming import Streaming
    from prompts_admin.sdk.snapshots.disk_cache import Disk

_SAVE_EVERY = 5.0
_SAVE_AGAIN = 30.0
_STOP_WITHIN = 0.4
_FAREWELL_WITHIN = 0.5


class Line:
    """Begins, ends and begins anew in a forked child; it knows no client, so that a client can be let go."""

    def __init__(
        self,
        holder: Holder,
        transport: Transport,
        *,
        every: float,
        pushing: PushingTransport | None = None,
        streaming: Callable[[Keeper], Streaming] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self._holder = holder
        self._transport = transport
        self._pushing = pushing
        self._disk = disk
        self.keeper = Keeper(transport, holder, every=every, errands=self._errands, farewell=self._leave)
        self._streaming = streaming(self.keeper) if streaming else None
        self._reported: Held | None = None
        self._told: int | None = None
        self._saved: Held | None = None
        self._save_at = 0.0
        self._runs = False
        self.is_asleep = False
        self._load()

    @property
    def has_anything(self) -> bool:
        """Tell whether there is any snapshot to answer from."""
        return bool(self._holder.current or self._holder.fallback)

    def start(self) -> None:
        """Begin to ask and to follow."""
        self._runs = True
        self.keeper.start()
        if self._streaming:
            self._streaming.start()

    def stop(self) -> None:
        """End the threads and let connections go; what is held stays."""
        self._runs = False
        if self._streaming:
            self._streaming.stop(_STOP_WITHIN)
        # Its thread says goodbye: whoever waits for it waits no longer than this, whatever the server does.
        self.keeper.stop(_STOP_WITHIN + _FAREWELL_WITHIN)
        if self._saved:
            self._save_at = 0.0
        self._save()
        self._transport.close()

    def forked(self) -> None:
        """Sleep in a forked child, where no thread but the forking one exists, until somebody asks."""
        if self._pushing:
            self._pushing.reborn()
        self._holder.reset_lock()
        self.keeper.reborn()
        if self._streaming:
            self._streaming.reborn()
        self._holder.standing.forked()
        if self._runs:
            self.is_asleep = True
            self._holder.sleep()

    def wake(self) -> None:
        """Go on in a forked child, if this is one."""
        if self.is_asleep and self._holder.wake():
            self.is_asleep = False
            self.start()

    def _load(self) -> None:
        kept = self._disk.load() if self._disk else None
        if kept is not None:
            loaded, age = kept
            self._holder.keep(loaded.snapshot, age)
            self._saved = self._holder.current
            self.keeper.knows(loaded.etag)
            self._serve(loaded.snapshot.revision)

    def _errands(self) -> float | None:
        """Tell the server what is served and keep it on disk; return the seconds until that is due again."""
        held = self._holder.current
        if held is None:
            return None
        if self._pushing and self.keeper.reached and held is not self._reported:
            before = self._serve(held.snapshot.revision)
            # A stream tells what is held when it opens: only what was told otherwise is told apart.
            if before is not None or not self._streaming:
                self._pushing.report(held.snapshot.revision)
            self._reported = held
        return self._save()

    def _serve(self, revision: int) -> int | None:
        """Have each question tell the revision; return the one that was told until now."""
        before, self._told = self._told, revision
        if self._pushing:
            self._pushing.serve(revision)
        return before

    def _leave(self) -> None:
        if self._pushing:
            self._pushing.leave()

    def _save(self) -> float | None:
        held, now = self._holder.current, time.monotonic()
        if self._disk is None or held is None or self.is_asleep:
            return None
        if held is self._saved:
            if held.standing.is_fresh:
                self._disk.confirm()
            return None
        if now < self._save_at:
            return self._save_at - now
        is_kept = self._disk.save(snapshot_bytes(held.snapshot), self.keeper.etag)
        self._saved = held if is_kept else None
        self._save_at = time.monotonic() + (_SAVE_EVERY if is_kept else _SAVE_AGAIN)
        return None
