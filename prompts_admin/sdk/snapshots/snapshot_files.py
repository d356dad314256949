"""Snapshot files: kept on disk by the client, or brought along by a program.

All are a snapshot document as JSON. A sealed one has a line before it that tells its digest and its ETag.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.targeting.snapshot import Snapshot, entry_json, frame_json
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.sdk.snapshots.lazy_values import LazyValues, text_of
from prompts_admin.sdk.transport.port import MOST_BYTES

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_SEAL = b'{"sealed":'

Source = str | PathLike[str] | Mapping[str, Any]
UNUSABLE = (OSError, ValueError, RecursionError, ProductError)
"""What reading a snapshot may fail with."""


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot from a file, with the ETag under which it was fetched, if any."""

    snapshot: Snapshot
    etag: str | None = None


def load_snapshot(source: Source | None) -> Snapshot | None:
    """Return the snapshot of a file or a document; None, with one warning, when it cannot be used.

    A program must not fail to start because of the file that is there for when everything else failed.
    """
    if source is None:
        return None
    # Programs that bring no file along need not wait for these imports.
    from pathlib import Path

    try:
        if isinstance(source, Mapping):
            return compile_snapshot(dict(source), pack=LazyValues())
        return read_file(Path(source)).snapshot
    except UNUSABLE as error:
        name = "The document" if isinstance(source, Mapping) else f"The file '{source}'"
        _log.warning("%s is no usable snapshot and is skipped: %s", name, error)
        return None


def read_file(path: Path) -> SnapshotFile:
    """Return the snapshot of a file, sealed or not; raises one of `UNUSABLE`."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    return unsealed(path.read_bytes())


def unsealed(content: bytes) -> SnapshotFile:
    """Return the snapshot in the content of a file; raises one of `UNUSABLE`."""
    etag = None
    if content.startswith(_SEAL):
        line, _, content = content.partition(b"\n")
        seal = json.loads(line)
        etag = str(seal["etag"]) if seal.get("etag") else None
        if seal["sealed"] != _digest(content):
            raise ValueError("it is not what was written: the digest differs")
    return SnapshotFile(compile_snapshot(json.loads(content), pack=LazyValues()), etag)


def sealed(document: bytes, etag: str | None) -> bytes:
    """Return the content of a file that tells when it was damaged."""
    seal = json.dumps({"sealed": _digest(document), "etag": etag}, separators=(",", ":"))
    return seal.encode() + b"\n" + document


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Return the document of a snapshot as JSON; `compile_snapshot` of it gives an equal snapshot."""
    entries = {
        key: {stage: entry_json(entry) for stage, entry in on.items()} for key, on in snapshot.entries.items()
    }
    versions: dict[str, bytes] = {}
    for key, kept in snapshot.versions.items():
        texts: dict[str, bytes] = {}
        for number, version in kept.items():
            # A value is joined in as the text it came as: to parse it would undo what `LazyValues` saves.
            fields = {name: one for name, one in version.as_json().items() if name != "value"}
            texts[str(number)] = b'%s,"value":%s}' % (_json(fields)[:-1], text_of(version.value))
        versions[key] = _object(texts.items())
    frame = _json(frame_json(snapshot))
    return b'%s,"entries":%s,"versions":%s}' % (frame[:-1], _json(entries), _object(versions.items()))


def _digest(content: bytes) -> str:
    from hashlib import sha256

    return f"sha256:{sha256(content).hexdigest()}"


def _object(members: Iterable[tuple[str, bytes]]) -> bytes:
    return b"{%s}" % b",".join(b"%s:%s" % (_json(name), value) for name, value in members)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
