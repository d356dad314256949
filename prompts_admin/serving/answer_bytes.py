"""The bytes of single answers: made when first asked for, kept until the snapshot changes."""

from __future__ import annotations

import json
from hashlib import sha256

from prompts_admin.domain.ladders import Resolution
from prompts_admin.domain.snapshot import Snapshot, Version

MOST = 50_000


class AnswerBytes:
    """Bytes and ETag of the answers that one snapshot gives; used on the event loop alone."""

    def __init__(self) -> None:
        self._of: Snapshot | None = None
        self._made: dict[tuple[str, int | None, str | None, str], tuple[bytes, bytes]] = {}

    def get(self, snapshot: Snapshot, key: str, found: Resolution, version: Version) -> tuple[bytes, bytes]:
        """Return the JSON of `{key, kind, version, digest, stage, reason, value}` and its strong ETag."""
        if self._of is not snapshot or len(self._made) > MOST:
            self._of, self._made = snapshot, {}
        place = (key, found.version, found.stage, found.reason)
        made = self._made.get(place)
        if made is None:
            body = encode_answer(key, found, version)
            made = self._made[place] = body, b'"%s"' % sha256(body).hexdigest()[:32].encode()
        return made


def encode_answer(key: str, found: Resolution, version: Version) -> bytes:
    """Return the JSON of an answer, put together around the bytes of the version's value."""
    head = {
        "key": key,
        "kind": version.kind,
        "version": version.number,
        "digest": version.digest,
        "stage": found.stage,
        "reason": found.reason,
    }
    return b'%s,"value":%s}' % (json.dumps(head, separators=(",", ":"))[:-1].encode(), version.encoded_value)
