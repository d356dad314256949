"""The audit chain: each entry holds the hash of the one before, so that nothing can be changed unnoticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prompts_admin.domain.digests import canonical_bytes
from prompts_admin.domain.json_object import Json

START = "0" * 64
"""What the first entry names as the hash of the one before it."""


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to what, when (UTC) and through which face, with its place in the chain."""

    seq: int
    at: datetime
    actor: str
    via: str
    action: str
    feature: str | None
    subject: str
    detail: Mapping[str, Any]
    previous: str
    hash: str = ""

    def fields(self) -> Json:
        """Return what the hash covers beside the hash before; times as ISO 8601 with microseconds."""
        return {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "actor": self.actor,
            "via": self.via,
            "action": self.action,
            "feature": self.feature,
            "subject": self.subject,
            "detail": dict(self.detail),
        }


@dataclass(frozen=True)
class Anchor:
    """An entry's number and hash, kept where whoever changes the entries cannot change it."""

    seq: int
    hash: str


BEGINNING = Anchor(0, START)


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found: the first `fault`, if any, `at` which entry, and the `end` reached.

    `fault` is `changed`, `removed`, `reordered`, `truncated` or `rewritten` (the chain is whole, but it is not
    the one that an anchor was taken from).
    """

    entries: int = 0
    end: Anchor = BEGINNING
    fault: str | None = None
    at: int | None = None
    detail: str = field(default="The chain is whole.")

    @property
    def ok(self) -> bool:
        """True when no fault was found."""
        return self.fault is None


def entry_hash(previous: str, fields: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical JSON of an entry's fields and the hash before it."""
    return hashlib.sha256(canonical_bytes({**fields, "previous": previous})).hexdigest()


def verify(
    entries: Iterable[AuditEntry], *, anchor: Anchor | None = None, known: Iterable[Anchor] = ()
) -> Verification:
    """Walk `entries`, which begin with number 1, and report the first fault.

    `anchor` is where the chain must end, no sooner and no later; `known` are anchors taken earlier and kept
    elsewhere, which the chain must pass.
    """
    expected = {mark.seq: mark.hash for mark in known if mark.seq}
    end = BEGINNING
    for entry in entries:
        fault = _fault(entry, end, expected.pop(entry.seq, None))
        if fault:
            return Verification(end.seq, end, *fault)
        end = Anchor(entry.seq, entry.hash)
    return _ending(end, anchor, expected)


def _fault(entry: AuditEntry, before: Anchor, known: str | None) -> tuple[str, int, str] | None:
    due = before.seq + 1
    if entry.seq > due:
        return "removed", due, f"Entry {due} is missing."
    if entry.seq < due:
        return "reordered", entry.seq, f"Entry {entry.seq} stands after entry {before.seq}."
    if entry.previous != before.hash:
        return "reordered", due, f"Entry {due} does not follow the entry before it."
    if entry.hash != entry_hash(entry.previous, entry.fields()):
        return "changed", due, f"Entry {due} is not what was written."
    if known not in (None, entry.hash):
        return "rewritten", due, f"Entry {due} differs from the one that was exported."
    return None


def _ending(end: Anchor, anchor: Anchor | None, expected: Mapping[int, str]) -> Verification:
    due = max([*expected, anchor.seq if anchor else 0])
    if due > end.seq:
        detail = f"The chain ends with entry {end.seq}; entry {due} was written."
        return Verification(end.seq, end, "truncated", end.seq + 1, detail)
    if anchor and anchor != end:
        detail = f"The chain ends with entry {end.seq}, which is not the end that the workspace knows."
        return Verification(end.seq, end, "rewritten", end.seq, detail)
    return Verification(end.seq, end)
