"""The snapshot document of what is held, without taking apart what is packed."""

from __future__ import annotations

import json
from collections.abc import Iterable

from prompts_admin.domain.targeting.snapshot import Snapshot, Version, entry_json, frame_json
from prompts_admin.sdk.snapshots.lazy_values import text_of


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Return the document as JSON; `compile_snapshot` of it gives an equal snapshot."""
    entries = {
        key: {stage: entry_json(entry) for stage, entry in on.items()} for key, on in snapshot.entries.items()
    }
    versions = _object(
        (key, _object((str(number), _version(version)) for number, version in kept.items()))
        for key, kept in snapshot.versions.items()
    )
    frame = _json(frame_json(snapshot))
    return b'%s,"entries":%s,"versions":%s}' % (frame[:-1], _json(entries), versions)


def _version(version: Version) -> bytes:
    fields = {name: one for name, one in version.as_json().items() if name != "value"}
    return b'%s,"value":%s}' % (_json(fields)[:-1], text_of(version.value))


def _object(members: Iterable[tuple[str, bytes]]) -> bytes:
    return b"{%s}" % b",".join(b"%s:%s" % (_json(name), value) for name, value in members)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
