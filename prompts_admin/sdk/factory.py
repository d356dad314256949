"""Putting a client together, and what it does while the server is not heard yet."""

from __future__ import annotations

import time
from functools import partial
from os import PathLike
from typing import Literal, get_args

from prompts_admin.sdk.refresh.refresher import Line
from prompts_admin.sdk.snapshots.holder import Holder
from prompts_admin.sdk.transport.fallback_transport import Beside
from prompts_admin.sdk.transport.port import Transport

OnStart = Literal["wait", "stale", "fail"]


def make_line(
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
) -> Line:
    """Return the line to a server, to what it published, or to both, not begun; without a `transport` it is HTTP."""
    disk = None
    if cache_dir is not None:
        from prompts_admin.sdk.snapshots.disk_cache import Disk

        disk = Disk(cache_dir, url=url or snapshot_url or "", token=token)
    if transport is None and url is None:
        transport = _published(snapshot_url)
    if transport is not None:
        return Line(holder, transport, every=every or 0.0, disk=disk)
    # Here and not above: the HTTP library takes longer to import than everything else.
    from prompts_admin.sdk.refresh.streaming import Streaming
    from prompts_admin.sdk.transport.http_transport import HttpTransport

    http = HttpTransport(url or "", token, host=host, every=every)
    streaming = partial(Streaming, http, holder) if stream else None
    asked = Beside(http, _published(snapshot_url)) if snapshot_url else http
    return Line(holder, asked, every=every or 0.0, pushing=http, streaming=streaming, disk=disk)


def _published(url: str | None) -> Transport:
    from prompts_admin.sdk.transport.published_transport import PublishedTransport

    if url is None:
        raise ValueError("Give the url of a server, a snapshot_url, or both.")
    return PublishedTransport(url)


def start(line: Line, on_start: OnStart, seconds: float, *, threads: bool) -> bool:
    """Begin, and wait as `on_start` says; False when that is "fail" and the server was not reached."""
    if on_start not in get_args(OnStart):
        raise ValueError(f"on_start must be one of {', '.join(get_args(OnStart))}.")
    if not threads:
        line.keeper.ask()
        return on_start != "fail" or line.keeper.reached
    line.start()
    if on_start == "stale" and line.has_anything:
        return True
    line.keeper.wait(seconds)
    return on_start != "fail" or _reached(line, seconds)


def _reached(line: Line, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not line.keeper.reached and time.monotonic() < until:
        time.sleep(0.02)
    return line.keeper.reached
