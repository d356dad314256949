"""Single answers as they go over the wire: made when first asked for, kept until the snapshot changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from prompts_admin.domain.deciding import Decide, compile_decider
from prompts_admin.domain.ladders import Resolution
from prompts_admin.domain.snapshot import Snapshot, Version
from prompts_admin.edge.http import GUARDS, PRIVATE, VARY, answer_headers
from prompts_admin.serving.answers import nothing, unknown
from prompts_admin.serving.scopes import Scope, knows

MOST = 50_000
EMPTY = {"type": "http.response.body", "body": b""}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The messages of an answer: `start` and `body`, or `known` for whoever has it already by its `etag`."""

    etag: bytes
    start: dict[str, Any]
    body: dict[str, Any]
    known: dict[str, Any]


class Plan:
    """How an artifact is decided in one snapshot, and the answers to one scope as far as they were made."""

    __slots__ = ("_answers", "_key", "_scope", "_snapshot", "decide", "made")

    def __init__(self, snapshot: Snapshot, scope: Scope, key: str) -> None:
        decider = compile_decider(snapshot.ruleset.ladders[key])
        self.decide: Decide = decider.decide
        self._answers = decider.answers
        self.made: list[Prepared | None] = [None] * len(decider.answers)
        self._snapshot = snapshot
        self._scope = scope
        self._key = key

    def make(self, number: int) -> Prepared:
        """Prepare an answer; raises NotFound as `serving.answers.answer` does."""
        found = self._answers[number]
        if found.version is None:
            raise nothing(self._key, None)
        version = self._snapshot.version(self._key, found.version)
        if version is None or not self._scope.clears(version.classification):
            raise unknown(self._key)
        made = self.made[number] = prepare(encode_answer(self._key, found, version))
        return made


class Plans:
    """The plans of the newest snapshot; used on the event loop alone."""

    def __init__(self) -> None:
        self._of: Snapshot | None = None
        self._plans: dict[tuple[str, str], Plan] = {}

    def get(self, snapshot: Snapshot, scope: Scope, key: str) -> Plan:
        """Return the plan of an artifact; raises NotFound for one that the scope may not know."""
        if self._of is not snapshot or len(self._plans) > MOST:
            self._of, self._plans = snapshot, {}
        plan = self._plans.get((scope.tag, key))
        if plan is None:
            if not knows(scope, snapshot, key):
                raise unknown(key)
            plan = self._plans[scope.tag, key] = Plan(snapshot, scope, key)
        return plan


def encode_answer(key: str, found: Resolution, version: Version) -> bytes:
    """Return `{key, kind, version, digest, stage, reason, value}` around the bytes of the version's value."""
    head = {
        "key": key,
        "kind": version.kind,
        "version": version.number,
        "digest": version.digest,
        "stage": found.stage,
        "reason": found.reason,
    }
    return b'%s,"value":%s}' % (json.dumps(head, separators=(",", ":"))[:-1].encode(), version.encoded_value)


def prepare(body: bytes) -> Prepared:
    """Return the messages of an answer; nobody may change them, since all who ask get the same."""
    etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
    headers = (PRIVATE, VARY, (b"etag", etag))
    return Prepared(
        etag,
        {"type": "http.response.start", "status": 200, "headers": answer_headers(len(body), headers)},
        {"type": "http.response.body", "body": body},
        {"type": "http.response.start", "status": 304, "headers": [*GUARDS, *headers]},
    )
