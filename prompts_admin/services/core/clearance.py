"""What the clearance of a token hides: versions that are, or contain, what is classified above it.

People are not bound by it. An artifact is as sensitive as its newest version, whose words its lines show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from prompts_admin.domain.content.records import Artifact, Inner, VersionId
from prompts_admin.domain.features import Document
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts, features
from prompts_admin.store.database.unit_of_work import Connection


def above(work: Work) -> frozenset[str]:
    """Return the features classified above the asker's clearance, by one query at most; none for people."""
    token = work.actor.token
    if token is None or token.clearance == CLEARANCES[-1]:
        return frozenset()
    documents = features.current_documents(work.connection)
    return frozenset(
        scope
        for scope, found in documents.items()
        if not work.cleared(found.document.get("classification") or CLEARANCES[0])
    )


def cleared(work: Work, ids: Collection[VersionId]) -> frozenset[VersionId]:
    """Return those of `ids` that the asker's clearance reaches, by two queries however many they are."""
    over = above(work) if ids else frozenset[str]()
    if not over:
        return frozenset(ids)
    inner = artifacts.contained_in(work.connection, ids)
    return frozenset(
        one
        for one in ids
        if not over & {feature_of(one[0]), *(feature_of(inside.key) for inside in inner[one])}
    )


def cleared_artifacts(work: Work, found: Mapping[str, Artifact]) -> dict[str, Artifact]:
    """Return those of `found` that the asker's clearance reaches."""
    reached = cleared(work, {(key, row.latest) for key, row in found.items()})
    return {key: row for key, row in found.items() if (key, row.latest) in reached}


def classifications(
    connection: Connection, ids: Collection[VersionId], documents: Mapping[str, Document] | None = None
) -> dict[VersionId, str]:
    """Return each version's effective classification: the highest of its feature's and of what it pins.

    The `documents` of all scopes save a query where they were loaded in this transaction.
    """
    documents = documents or features.current_documents(connection)
    return classifications_within(ids, artifacts.contained_in(connection, ids), documents)


def classifications_within(
    ids: Collection[VersionId],
    inner: Mapping[VersionId, Iterable[Inner]],
    documents: Mapping[str, Document],
) -> dict[VersionId, str]:
    """Return each version's effective classification where what they contain was loaded already."""
    own = {scope: found.document.get("classification") for scope, found in documents.items()}
    return {
        (key, number): max(
            (own.get(feature_of(k)) or CLEARANCES[0] for k in (key, *(i.key for i in inner[key, number]))),
            key=CLEARANCES.index,
        )
        for key, number in ids
    }
