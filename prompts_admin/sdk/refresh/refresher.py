"""The refresher: the threads between a holder and the server, and how a client puts them together and starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Literal, get_args

from prompts_admin.sdk.refresh.polling import Poller
from prompts_admin.sdk.snapshots.holder import HeldSnapshot, Holder
from prompts_admin.sdk.snapshots.snapshot_files import snapshot_bytes
from prompts_admin.sdk.transport.port import PushingTransport, Transport

if TYPE_CHECKING:
    from prompts_admin.sdk.refresh.streaming import StreamFollower
    from prompts_admin.sdk.snapshots.disk_cache import DiskCache

OnStart = Literal["wait", "stale", "fail"]

# A busy day changes what is served often; the disk need not be written each time.
_SAVE_EVERY = 5.0
_SAVE_AGAIN = 30.0
_STOP_WITHIN = 0.4
_FAREWELL_WITHIN = 0.5


def make_refresher(
    holder: Holder,
    url: str | None,
    token: str | None,
    cache_dir: str | PathLike[str] | None,
    *,
    snapshot_url: str | None,
    host: str | None,
    transport: Transport | None,
    every: float | None,
    stream: bool,
) -> Refresher:
    """Return a refresher, not begun, from a server, what it published, or both; without `transport` by HTTP."""
    disk, every_seconds = None, every or 0.0
    if cache_dir is not None:
        from prompts_admin.sdk.snapshots.disk_cache import DiskCache

        disk = DiskCache(cache_dir, url=url or snapshot_url or "", token=token)
    if transport is not None:
        return Refresher(holder, transport, every=every_seconds, disk=disk)
    # Here and not above: the HTTP library takes longer to import than everything else.
    published: Transport | None = None
    if snapshot_url is not None:
        from prompts_admin.sdk.transport.published_transport import FallbackTransport, PublishedTransport

        published = PublishedTransport(snapshot_url)
    if url is None:
        if published is None:
            raise ValueError("Give the url of a server, a snapshot_url, or both.")
        return Refresher(holder, published, every=every_seconds, disk=disk)
    from prompts_admin.sdk.refresh.streaming import StreamFollower
    from prompts_admin.sdk.transport.http_transport import HttpTransport

    http = HttpTransport(url, token, host=host, every=every)
    follow = partial(StreamFollower, http, holder) if stream else None
    asked = FallbackTransport(http, published) if published else http
    return Refresher(holder, asked, every=every_seconds, pushing=http, streaming=follow, disk=disk)


def start(refresher: Refresher, on_start: OnStart, seconds: float, *, threads: bool) -> bool:
    """Begin, and wait as `on_start` says; False when that is "fail" and the server was not reached."""
    if on_start not in get_args(OnStart):
        raise ValueError(f"on_start must be one of {', '.join(get_args(OnStart))}.")
    poller = refresher.poller
    if not threads:
        poller.ask()
        return on_start != "fail" or poller.reached
    refresher.start()
    if on_start == "stale" and refresher.has_anything:
        return True
    poller.wait(seconds)
    # The first failure is no reason to refuse a start while there is time for a second question.
    until = time.monotonic() + seconds
    while on_start == "fail" and not poller.reached and time.monotonic() < until:
        time.sleep(0.02)
    return on_start != "fail" or poller.reached


class Refresher:
    """Begins, ends and begins anew in a forked child; it knows no client, so that a client can be let go."""

    def __init__(
        self,
        holder: Holder,
        transport: Transport,
        *,
        every: float,
        pushing: PushingTransport | None = None,
        streaming: Callable[[Poller], StreamFollower] | None = None,
        disk: DiskCache | None = None,
    ) -> None:
        self._holder = holder
        self._transport = transport
        self._pushing = pushing
        self._disk = disk
        farewell = pushing.leave if pushing else lambda: None
        self.poller = Poller(transport, holder, every=every, errands=self._errands, farewell=farewell)
        self._streaming = streaming(self.poller) if streaming else None
        self._reported: HeldSnapshot | None = None
        self._told: int | None = None
        self._saved: HeldSnapshot | None = None
        self._save_at = 0.0
        self._runs = False
        self.is_asleep = False
        kept = disk.load() if disk else None
        if kept is not None:
            loaded, age = kept
            holder.keep(loaded.snapshot, age)
            self._saved = holder.current
            self.poller.knows(loaded.etag)
            self._serve(loaded.snapshot.revision)

    @property
    def has_anything(self) -> bool:
        """Tell whether there is any snapshot to answer from."""
        return bool(self._holder.current or self._holder.fallback)

    def start(self) -> None:
        """Begin to ask and to follow."""
        self._runs = True
        self.poller.start()
        if self._streaming:
            self._streaming.start()

    def stop(self) -> None:
        """End the threads and let connections go; what is held stays."""
        self._runs = False
        if self._streaming:
            self._streaming.stop(_STOP_WITHIN)
        # Its thread says goodbye: whoever waits for it waits no longer than this, whatever the server does.
        self.poller.stop(_STOP_WITHIN + _FAREWELL_WITHIN)
        if self._saved:
            self._save_at = 0.0
        self._save()
        self._transport.close()

    def forked(self) -> None:
        """Sleep in a forked child, where no thread but the forking one exists, until somebody asks."""
        if self._pushing:
            self._pushing.reborn()
        self._holder.reset_lock()
        self.poller.reborn()
        if self._streaming:
            self._streaming.reborn()
        self._holder.freshness.forked()
        if self._runs:
            self.is_asleep = True
            self._holder.sleep()

    def wake(self) -> None:
        """Go on in a forked child, if this is one."""
        if self.is_asleep and self._holder.wake():
            self.is_asleep = False
            self.start()

    def _errands(self) -> float | None:
        """Tell the server what is served and keep it on disk; return the seconds until that is due again."""
        held = self._holder.current
        if held is None:
            return None
        if self._pushing and self.poller.reached and held is not self._reported:
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

    def _save(self) -> float | None:
        held, now = self._holder.current, time.monotonic()
        # A child that sleeps holds what its parent held, and its parent keeps that on disk.
        if self._disk is None or held is None or self.is_asleep:
            return None
        if held is self._saved:
            if held.freshness.is_fresh:
                self._disk.confirm()
            return None
        if now < self._save_at:
            return self._save_at - now
        is_kept = self._disk.save(snapshot_bytes(held.snapshot), self.poller.etag)
        self._saved = held if is_kept else None
        self._save_at = time.monotonic() + (_SAVE_EVERY if is_kept else _SAVE_AGAIN)
        return None
