"""The bytes of single answers: made when first asked for, kept until the snapshot changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from prompts_admin.domain.ladders import Resolution
from prompts_admin.domain.snapshot import Snapshot, Version
from prompts_admin.serving.answers import nothing, unknown
from prompts_admin.serving.scopes import Scope, knows

MOST = 50_000


@dataclass(frozen=True, slots=True)
class AnswerBytes:
    """The JSON of `{key, kind, version, digest, stage, reason, value}` and its strong ETag."""

    body: bytes
    etag: bytes


class Answers:
    """The answers that one snapshot gives to each scope; used on the event loop alone."""

    def __init__(self) -> None:
        self._of: Snapshot | None = None
        self._made: dict[tuple[object, ...], AnswerBytes] = {}

    def get(self, snapshot: Snapshot, scope: Scope, key: str, found: Resolution | None) -> AnswerBytes:
        """Return what a scope is told of what was found; raises NotFound as `serving.answers.answer` does."""
        if self._of is not snapshot:
            self._of, self._made = snapshot, {}
        if found is None:
            raise unknown(key)
        place = (scope.tag, key, found.version, found.stage, found.reason)
        made = self._made.get(place)
        if made is None:
            if len(self._made) >= MOST:
                self._made.clear()
            made = self._made[place] = _made(snapshot, scope, key, found)
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


def _made(snapshot: Snapshot, scope: Scope, key: str, found: Resolution) -> AnswerBytes:
    if not knows(scope, snapshot, key):
        raise unknown(key)
    if found.version is None:
        raise nothing(key, None)
    version = snapshot.version(key, found.version)
    if version is None or not scope.clears(version.classification):
        raise unknown(key)
    body = encode_answer(key, found, version)
    return AnswerBytes(body, b'"%s"' % sha256(body).hexdigest()[:32].encode())
