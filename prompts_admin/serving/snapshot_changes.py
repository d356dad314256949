"""Changes between two snapshots, and the partial document of them that a scope may see."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.targeting.snapshot import FORMAT, Snapshot, Version, entry_json
from prompts_admin.serving.scopes import Scope, knows


@dataclass(frozen=True)
class Change:
    """Two snapshots of one epoch, the keys of which something differs, and the features that differ."""

    old: Snapshot
    new: Snapshot
    keys: frozenset[str]
    features: frozenset[str]

    @property
    def audiences(self) -> bool:
        """True when the audiences differ."""
        return self.old.audiences != self.new.audiences


def change_between(old: Snapshot, new: Snapshot) -> Change | None:
    """Return what changed, None across epochs: then only the whole snapshot helps."""
    if old.epoch != new.epoch:
        return None
    features = frozenset(
        name for name in {*old.features, *new.features} if old.features.get(name) != new.features.get(name)
    )
    keys = {key for key in {*old.entries, *new.entries} if _differs(old, new, key)}
    # What nobody pinned a version of is as sensitive as its feature.
    keys |= {key for key in new.entries if feature_of(key) in features} if features else set()
    return Change(old, new, frozenset(keys), features)


def encode_change(change: Change, scope: Scope) -> bytes:
    """Return the partial document (`domain.targeting.snapshot_codec.advance`) of what a scope may see, as JSON."""
    old, new = change.old, change.new
    frame: dict[str, object] = {
        "format": FORMAT,
        "epoch": new.epoch,
        "revision": new.revision,
        "since": old.revision,
        "created_at": new.created_at,
        "features": _features(change, scope),
        "entries": {},
    }
    if change.audiences:
        frame["audiences"] = {stage: audience.as_json() for stage, audience in new.audiences.items()}
    entries: dict[str, object] = {}
    versions: list[tuple[str, bytes]] = []
    for key in sorted(change.keys):
        before, after = knows(scope, old, key), knows(scope, new, key)
        if after:
            entries[key] = {stage: entry_json(entry) for stage, entry in new.entries[key].items()}
        elif before:
            entries[key] = None
        if before or after:
            versions.append((key, _versions(change, scope, key, before=before, after=after)))
    frame["entries"] = entries
    members = b",".join(b"%s:%s" % (_json(key), encoded) for key, encoded in versions)
    return b'%s,"versions":{%s}}' % (_json(frame)[:-1], members)


def digest_of(body: bytes) -> str:
    """Return a digest as the header `Repr-Digest` writes it (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"


def _features(change: Change, scope: Scope) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in sorted(change.features):
        before, after = change.old.features.get(name), change.new.features.get(name)
        if after and scope.covers(name) and scope.clears(after.classification):
            found[name] = after.as_json()
        elif before and scope.covers(name) and scope.clears(before.classification):
            found[name] = None
    return found


def _versions(change: Change, scope: Scope, key: str, *, before: bool, after: bool) -> bytes:
    if not after:
        return b"null"
    was = change.old.versions.get(key, {}) if before else {}
    now = change.new.versions.get(key, {})
    members = []
    for number in sorted({*was, *now}):
        version = now.get(number)
        if was.get(number) is not version:
            # What is above the clearance is told like what is gone.
            encoded = version.encoded if version and scope.clears(version.classification) else b"null"
            members.append(b'"%d":%s' % (number, encoded))
    return b"{%s}" % b",".join(members)


def _differs(old: Snapshot, new: Snapshot, key: str) -> bool:
    if old.entries.get(key) != new.entries.get(key):
        return True
    was, now = old.versions.get(key), new.versions.get(key)
    # Most are the same objects as before, and need no comparison.
    return was is not now and _named(was) != _named(now)


def _named(versions: Mapping[int, Version] | None) -> dict[int, tuple[object, ...]]:
    return {n: (one.digest, one.classification, one.marked) for n, one in (versions or {}).items()}


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
