"""The answer with all flags: sent in pieces, so that it takes no memory of its own however large it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.snapshot import Snapshot
from prompts_admin.edge.http import GUARDS, JSON, PRIVATE, VARY, Send, reply

PIECE = 65_536


@dataclass(frozen=True)
class Bulk:
    """Flags as bytes that all answers share, the streams that are offered, and the revision they are of."""

    flags: list[bytes]
    streams: list[dict[str, Any]]
    snapshot: Snapshot


async def send_bulk(send: Send, bulk: Bulk, etag: bytes) -> None:
    """Send the answer, a small one at once, a large one as fast as it is taken."""
    headers = (PRIVATE, VARY, (b"etag", etag))
    pieces = _pieces(bulk)
    first = next(pieces)
    following = next(pieces, None)
    if following is None:
        await reply(send, 200, first, headers)
        return
    start = [*GUARDS, *headers, (b"content-type", JSON)]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await send({"type": "http.response.body", "body": first, "more_body": True})
    while following is not None:
        await send({"type": "http.response.body", "body": following, "more_body": True})
        following = next(pieces, None)
    await send({"type": "http.response.body", "body": b""})


def _pieces(bulk: Bulk) -> Iterator[bytes]:
    waiting, size = [b'{"flags":['], 0
    for index, flag in enumerate(bulk.flags):
        waiting += [b","] if index else []
        waiting.append(flag)
        size += len(flag)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    waiting.append(_end(bulk))
    yield b"".join(waiting)


def _end(bulk: Bulk) -> bytes:
    metadata = {"epoch": bulk.snapshot.epoch, "revision": bulk.snapshot.revision}
    members: dict[str, Any] = {"eventStreams": bulk.streams} if bulk.streams else {}
    end = json.dumps({**members, "metadata": metadata}, separators=(",", ":")).encode()
    return b"]," + end[1:]
