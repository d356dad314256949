"""What a published pointer says, and unpacking what it names; nothing here is believed before it was checked."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass

from prompts_admin.sdk.transport.port import MOST_BYTES

FORMAT = 1
_FILE = re.compile(r"([0-9a-f]{64})\.json\.gz")


class Broken(ValueError):
    """What was read is not what it should be; the message is ours."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says: which content there is, and of which state."""

    epoch: str
    revision: int
    file: str
    size: int

    @property
    def etag(self) -> str:
        """The ETag of the snapshot, in the form of the server's: epoch, revision, and what it is."""
        return f'"{self.epoch}-{self.revision}-published"'


def read_pointer(content: bytes) -> Pointer:
    """Return what a pointer says; raises ValueError for what is none."""
    told = json.loads(content)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Broken(f"the pointer is not of format {FORMAT}")
    epoch, revision, file, size = (told.get(name) for name in ("epoch", "revision", "file", "size"))
    named = _FILE.fullmatch(file) if isinstance(file, str) else None
    if not named or type(revision) is not int or type(size) is not int or not isinstance(epoch, str):
        raise Broken("the pointer lacks what it should tell")
    if told.get("digest") != f"sha256:{named[1]}" or not 0 < size <= MOST_BYTES:
        raise Broken("the pointer contradicts itself")
    return Pointer(epoch, revision, named[0], size)


def bounded(content: bytes, most: int) -> bytes:
    """Return the content; raises Broken when it is longer."""
    if len(content) > most:
        raise Broken(f"it has more than {most} bytes")
    return content


def unpacked(content: bytes, most: int) -> bytes:
    """Return what gzip packed, and stop where it becomes more than a snapshot may be."""
    unpacker = zlib.decompressobj(wbits=31)
    body = bounded(unpacker.decompress(content, most + 1), most)
    if not unpacker.eof or unpacker.unused_data:
        raise Broken("the content is not one whole gzip file")
    return body
