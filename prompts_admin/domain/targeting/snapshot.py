"""Everything that serving code needs at one revision, parsed once from the snapshot document.

The server, the SDK, its disk cache and published snapshots share this one format and this one reader. It
imports the standard library and `mmh3` only. Fields that this version does not know are skipped, so that an
old client can read a newer server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import Entry, percent_of
from prompts_admin.domain.targeting.audiences import Audience
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import resolve
from prompts_admin.domain.targeting.rulesets import Resolution, Ruleset
from prompts_admin.domain.templates.rendering import Messages, compile_messages

FORMAT = 1
DEFAULT_CLASSIFICATION = "internal"

Entries = Mapping[str, Mapping[str, Entry]]
"""By key and stage. A key with no stage was released once and is switched off everywhere."""


@dataclass(frozen=True)
class Version:
    """One version as it is served: `value` is the `value` of `get`, pins put in and templates as typed."""

    number: int
    kind: str
    digest: str
    classification: str
    value: Mapping[str, Any]
    marked: bool = False
    """It was rolled back: no conversation goes on with it."""

    @cached_property
    def messages(self) -> Messages:
        """The templates of a prompt, or of a snippet's text as one system message, parsed on first use.

        Raises `TemplateError` for a template that breaks the rules, and `KeyError` for a model.
        """
        variables = self.value.get("variables") or {}
        if self.kind == "snippet":
            return compile_messages([{"role": "system", "content": self.value["text"]}], variables)
        return compile_messages(self.value["messages"], variables)

    @cached_property
    def encoded(self) -> bytes:
        """The JSON of `as_json`, made once however many revisions carry this version."""
        head = {"kind": self.kind, "digest": self.digest, "classification": self.classification}
        return b'%s,"value":%s}' % (_json(head)[:-1], self.encoded_value)

    @cached_property
    def encoded_value(self) -> bytes:
        """The JSON of `value`, made once however many answers carry it."""
        return _json(self.value)

    def as_json(self) -> Json:
        """Return the form of the snapshot document."""
        marked = {"marked": True} if self.marked else {}
        return {
            "kind": self.kind,
            "digest": self.digest,
            "classification": self.classification,
            **marked,
            "value": self.value,
        }


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


Versions = Mapping[str, Mapping[int, Version]]
"""By key and number: what is live, and what a conversation may still be pinned to."""


@dataclass(frozen=True)
class Feature:
    """What serving needs of a feature: the attribute that shares are cut by, and how sensitive it is."""

    bucket_by: str | None = None
    classification: str = DEFAULT_CLASSIFICATION

    def as_json(self) -> Json:
        """Return the form of the snapshot document."""
        return {"bucket_by": self.bucket_by, "classification": self.classification}


@dataclass(frozen=True)
class Snapshot:
    """One revision of what is served. Nothing in it may be changed: readers use it without a lock."""

    epoch: str
    revision: int
    created_at: str
    audiences: Mapping[str, Audience]
    features: Mapping[str, Feature]
    entries: Entries
    versions: Versions
    ruleset: Ruleset = field(compare=False, repr=False)

    def resolve(self, key: str, context: Context) -> Resolution | None:
        """Return what the context gets of an artifact, None when it was never released."""
        return resolve(self.ruleset, key, context)

    def version(self, key: str, number: int | None) -> Version | None:
        """Return the content of a version, None when this snapshot does not carry it."""
        return None if number is None else self.versions.get(key, {}).get(number)

    @property
    def bucket_by(self) -> dict[str, str | None]:
        """The attribute that each feature's shares are cut by, None for the targeting key."""
        return {name: feature.bucket_by for name, feature in self.features.items()}


def supersedes(new: Snapshot, old: Snapshot | None) -> bool:
    """Tell whether a snapshot that arrived may replace the one in use.

    Within an epoch revisions only grow, so an older or equal one is dropped. Another epoch is another life of
    the store (a backup was put back), where a lower revision is right.
    """
    return old is None or new.epoch != old.epoch or new.revision > old.revision


class EntryJson(TypedDict, total=False):
    """The snapshot's form of an entry, the percentage in percent; what there is not is left out."""

    settled: int
    candidate: int
    percentage: float


def entry_json(entry: Entry) -> EntryJson:
    """Return the snapshot's form of an entry."""
    document: EntryJson = {}
    if entry.settled is not None:
        document["settled"] = entry.settled
    if entry.candidate is not None:
        document["candidate"] = entry.candidate
        document["percentage"] = percent_of(entry.percentage)
    return document


def frame_json(snapshot: Snapshot) -> Json:
    """Return the snapshot document without `entries` and `versions`, which can be many megabytes."""
    return {
        "format": FORMAT,
        "epoch": snapshot.epoch,
        "revision": snapshot.revision,
        "created_at": snapshot.created_at,
        "audiences": {stage: audience.as_json() for stage, audience in snapshot.audiences.items()},
        "features": {name: feature.as_json() for name, feature in snapshot.features.items()},
    }


def snapshot_json(snapshot: Snapshot) -> Json:
    """Return the snapshot document; `compile_snapshot` of it gives an equal snapshot."""
    return {
        **frame_json(snapshot),
        "entries": {
            key: {stage: entry_json(entry) for stage, entry in on.items()}
            for key, on in snapshot.entries.items()
        },
        "versions": {
            key: {str(number): version.as_json() for number, version in kept.items()}
            for key, kept in snapshot.versions.items()
        },
    }
