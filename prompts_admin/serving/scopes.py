"""Scopes: what a caller may see of a snapshot, by features, and nothing classified above its clearance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.targeting.rulesets import Ruleset
from prompts_admin.domain.targeting.snapshot import DEFAULT_CLASSIFICATION, Snapshot, Version

_RANK = {name: rank for rank, name in enumerate(CLEARANCES)}


@dataclass(frozen=True)
class Scope:
    """The features that a caller may see (None: all of them) and the highest classification."""

    features: frozenset[str] | None = None
    clearance: str = DEFAULT_CLASSIFICATION

    def covers(self, feature: str) -> bool:
        """Tell whether the feature is one of the caller's."""
        return self.features is None or feature in self.features

    def clears(self, classification: str) -> bool:
        """Tell whether the clearance reaches a classification; one that is not known is above all."""
        return _RANK.get(classification, len(_RANK)) <= _RANK.get(self.clearance, -1)

    @cached_property
    def tag(self) -> str:
        """A short name of the scope for ETags: equal scopes have equal tags."""
        features = None if self.features is None else sorted(self.features)
        return sha256(json.dumps([features, self.clearance]).encode()).hexdigest()[:16]


EVERYTHING = Scope(clearance=CLEARANCES[-1])


def knows(scope: Scope, snapshot: Snapshot, key: str) -> bool:
    """Tell whether the caller may know that an artifact exists.

    It does when one of the versions served is within its clearance; an artifact without any is as sensitive
    as its feature.
    """
    feature = feature_of(key)
    if not scope.covers(feature) or key not in snapshot.entries:
        return False
    kept = snapshot.versions.get(key)
    if kept:
        return any(scope.clears(version.classification) for version in kept.values())
    declared = snapshot.features.get(feature)
    return scope.clears(declared.classification if declared else DEFAULT_CLASSIFICATION)


def scoped(snapshot: Snapshot, scope: Scope) -> Snapshot:
    """Return the part of a snapshot that a caller may see; the snapshot itself when that is everything.

    Of an artifact that is seen, a version above the clearance is left out while its number stays in the
    entries, so that a user who would get it gets nothing instead of another version.
    """
    if scope == EVERYTHING:
        return snapshot
    keys = [key for key in snapshot.entries if knows(scope, snapshot, key)]
    kept = {key: _cleared(snapshot.versions.get(key, {}), scope) for key in keys}
    return replace(
        snapshot,
        features={
            name: feature
            for name, feature in snapshot.features.items()
            if scope.covers(name) and scope.clears(feature.classification)
        },
        entries={key: snapshot.entries[key] for key in keys},
        versions={key: versions for key, versions in kept.items() if versions},
        ruleset=Ruleset({key: snapshot.ruleset.ladders[key] for key in keys}),
    )


def _cleared(versions: Mapping[int, Version], scope: Scope) -> Mapping[int, Version]:
    # Nothing need be copied where nothing is left out.
    if all(scope.clears(version.classification) for version in versions.values()):
        return versions
    return {number: one for number, one in versions.items() if scope.clears(one.classification)}
