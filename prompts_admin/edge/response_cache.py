"""Answers as they go over the wire: made when first asked for, kept until the snapshot changes."""

from __future__ import annotations

from dataclasses import dataclass

from prompts_admin.domain.targeting.compiled_rules import Decide, compile_decider
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.edge.http_messages import GUARDS, Message, answer_headers
from prompts_admin.http.representations import Representation, of_answer, of_document
from prompts_admin.serving.resolve_answers import encode_answer, served_version, unknown
from prompts_admin.serving.scopes import Scope, knows
from prompts_admin.serving.snapshot_bytes import Document

MOST = 50_000
EMPTY: Message = {"type": "http.response.body", "body": b""}

Answer = tuple[Message, Message]
"""Start and body; nobody may change them, since all who ask get the same."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is `sent`: the `whole` of it, or that it is `unchanged` for whoever has it already by one of its tags."""

    sent: Representation
    whole: Answer
    unchanged: Answer


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
        """Prepare an answer; raises NotFound as `served_version` does."""
        found = self._answers[number]
        version = served_version(self._snapshot, self._key, found, scope=self._scope)
        made = self.made[number] = prepare(of_answer(encode_answer(self._key, found, version)))
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
        made = self._documents[scope.tag] = (
            prepare(of_document(document, packed=False)),
            prepare(of_document(document, packed=True)),
        )
        return made[packed]

    def _make_room(self, snapshot: Snapshot) -> None:
        self._count += 1
        if self._of is not snapshot or self._count > MOST:
            self._of, self._plans, self._documents, self._count = snapshot, {}, {}, 1


def prepare(sent: Representation) -> Made:
    """Return the answers that send a representation."""
    headers = answer_headers(len(sent.body), sent.headers)
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    unchanged = {"type": "http.response.start", "status": 304, "headers": [*GUARDS, *sent.headers]}
    whole: Answer = (start, {"type": "http.response.body", "body": sent.body})
    return Made(sent, whole, (unchanged, EMPTY))
