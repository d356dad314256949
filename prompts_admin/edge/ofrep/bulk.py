"""The answer with all flags: sent in pieces, so that it takes no memory of its own however large it is."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.http_messages import GUARDS, JSON, Send, reply
from prompts_admin.http.representations import GZIP_FROM, GZIPPED, PRIVATE, VARY, Header

PIECE = 65_536
COMPRESSION = 5
GZIP_WINDOW = 31
"""What zlib takes for the format of gzip."""


@dataclass(frozen=True)
class Bulk:
    """Flags as bytes that all answers share, the streams that are offered, and the revision they are of."""

    flags: list[bytes]
    streams: list[dict[str, Any]]
    snapshot: Snapshot


async def send_bulk(send: Send, bulk: Bulk, etag: bytes, *, packed: bool) -> None:
    """Send the answer, a small one at once, a large one as fast as it is taken; `packed` by gzip if it is worth it."""
    headers: tuple[Header, ...] = (PRIVATE, VARY, (b"etag", etag))
    pieces = _pieces(bulk)
    first = next(pieces)
    following = next(pieces, None)
    if following is None:
        if packed and len(first) > GZIP_FROM:
            first, headers = gzip.compress(first, COMPRESSION, mtime=0), (*headers, GZIPPED)
        await reply(send, 200, first, headers)
        return
    pack = zlib.compressobj(COMPRESSION, wbits=GZIP_WINDOW) if packed else None
    start = [*GUARDS, *headers, *((GZIPPED,) if pack else ()), (b"content-type", JSON)]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    for piece in chain((first, following), pieces):
        # The others are answered meanwhile: zlib lets go of the interpreter.
        part = await asyncio.to_thread(pack.compress, piece) if pack else piece
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": pack.flush() if pack else b""})


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
