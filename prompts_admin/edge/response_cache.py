"""Answers as they go over the wire: made when first asked for, kept until the snapshot changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from prompts_admin.domain.targeting.compiled_rules import Decide, compile_decider
from prompts_admin.domain.targeting.rulesets import Resolution
from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.edge.http_messages import GUARDS, PRIVATE, VARY, Header, Message, answer_headers
from prompts_admin.serving.resolve_answers import nothing, unknown
from prompts_admin.serving.scopes import Scope, knows
from prompts_admin.serving.snapshot_bytes import Document

MOST = 50_000
GZIP_FROM = 1_000
GZIPPED: Header = (b"content-encoding", b"gzip")
EMPTY: Message = {"type": "http.response.body", "body": b""}

Answer = tuple[Message, Message]
"""Start and body; nobody may change them, since all who ask get the same."""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer: the `whole` of it, or that it is `unchanged` for whoever has it already by one of its tags."""

    etag: bytes
    whole: Answer
    unchanged: Answer
    twin: bytes
    """The ETag of the same in the other encoding, `etag` itself where there is none."""

    def is_known_to(self, if_none_match: bytes) -> bool:
        """Tell whether the header `If-None-Match` names this answer in any encoding."""
        return self.etag in if_none_match or self.twin in if_none_match or if_none_match.strip() == b"*"


class Plan:
    """How an artifact is decided in one snapshot, and the answers to one scope as far as they were made."""

    __slots__ = ("_answers", "_key", "_scope", "_snapshot", "decide", "made")

    def __init__(self, snapshot: Snapshot, scope: Scope, key: str) -> None:
        decider = compile_decider(snapshot.ruleset.ladders[key])
        self.decide: Decide = decider.decide
        self._answers = decider.answers
        self.made: list[Made | None] = [None] * len(decider.answers)
        self._snapshot = snapshot
        self._scope = scope
        self._key = key

    def make(self, number: int) -> Made:
        """Prepare an answer; raises NotFound as `serving.answers.answer` does."""
        found = self._answers[number]
        if found.version is None:
            raise nothing(self._key, None)
        version = self._snapshot.version(self._key, found.version)
        if version is None or not self._scope.clears(version.classification):
            raise unknown(self._key)
        made = self.made[number] = prepare(encode_answer(self._key, found, version))
        return made


class Prepared:
    """What was made for the newest snapshot, by scope; used on the event loop alone."""

    def __init__(self) -> None:
        self._of: Snapshot | None = None
        self._plans: dict[str, dict[str, Plan]] = {}
        self._documents: dict[str, tuple[Made, Made]] = {}
        self._count = 0

    def plan(self, snapshot: Snapshot, scope: Scope, path: str) -> Plan | None:
        """Return the plan of the artifact at a path if it was made."""
        plans = self._plans.get(scope.tag) if self._of is snapshot else None
        return plans.get(path) if plans else None

    def make_plan(self, snapshot: Snapshot, scope: Scope, path: str, key: str) -> Plan:
        """Return the plan of an artifact; raises NotFound for one that the scope may not know."""
        plan = self.plan(snapshot, scope, path)
        if plan is None:
            if not knows(scope, snapshot, key):
                raise unknown(key)
            plan = Plan(snapshot, scope, key)
            self._make_room(snapshot)
            self._plans.setdefault(scope.tag, {})[path] = plan
        return plan

    def document(self, snapshot: Snapshot, scope: Scope, *, packed: bool) -> Made | None:
        """Return the answers of a scope's whole snapshot if they were made, as they are or `packed` by gzip."""
        made = self._documents.get(scope.tag) if self._of is snapshot else None
        return made[packed] if made else None

    def make_document(self, snapshot: Snapshot, scope: Scope, document: Document, *, packed: bool) -> Made:
        """Prepare the answers of a scope's whole snapshot, `document`."""
        self._make_room(snapshot)
        made = self._documents[scope.tag] = (_plain(document), _packed(document))
        return made[packed]

    def _make_room(self, snapshot: Snapshot) -> None:
        self._count += 1
        if self._of is not snapshot or self._count > MOST:
            self._of, self._plans, self._documents, self._count = snapshot, {}, {}, 1


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


def prepare(body: bytes) -> Made:
    """Return the answers of a body with an ETag of its content."""
    etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
    return _made(body, etag, etag)


def _plain(document: Document) -> Made:
    return _made(document.body, document.etag.encode(), document.gzip_etag.encode(), _digest(document))


def _packed(document: Document) -> Made:
    if len(document.body) <= GZIP_FROM:
        return _plain(document)
    plain, own = document.etag.encode(), document.gzip_etag.encode()
    return _made(document.gzipped, own, plain, _digest(document), GZIPPED)


def _digest(document: Document) -> Header:
    return b"repr-digest", document.digest.encode()


def _made(body: bytes, etag: bytes, twin: bytes, *more: Header) -> Made:
    headers = (PRIVATE, VARY, (b"etag", etag), *more)
    start = {"type": "http.response.start", "status": 200, "headers": answer_headers(len(body), headers)}
    unchanged = {"type": "http.response.start", "status": 304, "headers": [*GUARDS, *headers]}
    whole: Answer = (start, {"type": "http.response.body", "body": body})
    return Made(etag, whole, (unchanged, EMPTY), twin)
