"""The snapshot document from the store: whole, or only what changed since a revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from prompts_admin.domain.content import Kind
from prompts_admin.domain.content.records import Inner, VersionId
from prompts_admin.domain.features import Document
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.records import LiveEntry, Place
from prompts_admin.domain.releases.states import PROMOTING
from prompts_admin.domain.targeting.snapshot import EntryJson, entry_json
from prompts_admin.schemas.records import Snapshot, SnapshotFrame
from prompts_admin.services.core.assembled_values import Values
from prompts_admin.services.core.clearance import classifications_within
from prompts_admin.services.core.timestamps import iso
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.store.artifacts import artifacts, features
from prompts_admin.store.database.unit_of_work import Connection, Store, UnitOfWork
from prompts_admin.store.releases import history, live_versions

FORMAT = 1
PINNABLE = timedelta(hours=24)
"""How long a version that was superseded is carried for the conversations that began on it."""
MOST_PINNABLE = 5
"""The most such versions of an artifact, the last ones: releases by the minute must not swell every reader."""


Ladders = dict[str, dict[str, EntryJson]]
"""What is live by key and stage; an empty ladder for what was switched off."""


class SnapshotChanges(Snapshot):
    """What changed of a snapshot after revision `since`; a version that is not carried any more is null."""

    since: int


def live_snapshot(store: Store, values: Values) -> LiveSnapshot:
    """Return the snapshot in memory over a store, which loads itself anew when the revision moves."""

    def whole() -> Snapshot:
        with store.read() as uow:
            return snapshot_document(uow, values)

    def changes(since: int) -> SnapshotChanges:
        with store.read() as uow:
            return snapshot_delta(uow, values, since)

    def position() -> tuple[str, int]:
        with store.read() as uow:
            return uow.head.epoch, uow.head.revision

    return LiveSnapshot(whole, position, changes=changes)


def snapshot_document(uow: UnitOfWork, values: Values) -> Snapshot:
    """Return everything that serving code needs at the present revision."""
    live = live_versions.live_entries(uow.connection)
    documents = features.current_documents(uow.connection)
    kinds = _served_kinds(uow, history.released_keys(uow.connection))
    laddered = _ladders(live, kinds)
    versions = _versions(uow, values, laddered, documents, kinds=kinds, pinnable=_pinnable(uow))
    return {**_frame(uow, documents), "entries": laddered, "versions": versions}


def snapshot_delta(uow: UnitOfWork, values: Values, since: int) -> SnapshotChanges:
    """Return the frame and what changed after revision `since`; a version that is not carried any more is null.

    What was switched off stays as an empty ladder: "disabled" is an answer, "unknown" would be another.
    """
    touched = history.versions_changed_since(uow.connection, since)
    live = live_versions.live_entries(uow.connection, touched.keys())
    documents = features.current_documents(uow.connection)
    kinds = _served_kinds(uow, touched.keys())
    laddered = _ladders(live, kinds)
    pinnable = _pinnable(uow, touched)
    versions: Json = _versions(uow, values, laddered, documents, kinds=kinds, pinnable=pinnable)
    for key, numbers in touched.items():
        if key not in kinds:
            continue
        running = versions.setdefault(key, {})
        running |= {str(number): None for number in numbers if str(number) not in running}
    return {**_frame(uow, documents), "entries": laddered, "versions": versions, "since": since}


def _frame(uow: UnitOfWork, documents: Mapping[str, Document]) -> SnapshotFrame:
    workspace = documents.get(features.WORKSPACE)
    return {
        "format": FORMAT,
        "epoch": uow.head.epoch,
        "revision": uow.head.revision,
        "created_at": iso(uow.now),
        "audiences": workspace.document["audiences"] if workspace else {},
        "features": {
            scope: {
                "bucket_by": found.document.get("bucket_by"),
                "classification": found.document["classification"],
            }
            for scope, found in sorted(documents.items())
            if scope != features.WORKSPACE
        },
    }


def _served_kinds(uow: UnitOfWork, keys: Collection[str]) -> dict[str, Kind]:
    """Return the kind of each of `keys` that serving code gets."""
    found = artifacts.find_artifacts(uow.connection, keys)
    return {key: row.kind for key, row in found.items() if row.row.is_served}


def _ladders(live: Mapping[Place, LiveEntry], keys: Collection[str]) -> Ladders:
    found: Ladders = {key: {} for key in sorted(keys)}
    for (stage, key), here in live.items():
        if key in found:
            found[key][stage] = entry_json(here.entry)
    return found


def _pinnable(uow: UnitOfWork, keys: Collection[str] | None = None) -> set[VersionId]:
    """Return the versions that a conversation may be pinned to though they were superseded."""
    since = uow.now - PINNABLE
    left = history.versions_left_since(uow.connection, since, kinds=PROMOTING, keys=keys)
    return {(key, number) for key, numbers in left.items() for number in numbers[:MOST_PINNABLE]}


def _versions(
    uow: UnitOfWork,
    values: Values,
    laddered: Mapping[str, Mapping[str, EntryJson]],
    documents: Mapping[str, Document],
    *,
    kinds: Mapping[str, Kind],
    pinnable: Iterable[VersionId],
) -> Json:
    connection, running = uow.connection, set(_running(laddered))
    inner = artifacts.contained_in(connection, running.union(one for one in pinnable if one[0] in kinds))
    lineage = artifacts.digests_of(connection, inner)
    marked = _marked(connection, lineage, inner)
    wanted = {one: digest for one, digest in lineage.items() if one in running or one not in marked}
    assembled = values.of(connection, wanted)
    classes = classifications_within(wanted, inner, documents)
    found: Json = {}
    for (key, number), digest in sorted(wanted.items()):
        found.setdefault(key, {})[str(number)] = {
            "kind": kinds[key],
            "digest": digest,
            "classification": classes[key, number],
            **({"marked": True} if (key, number) in marked else {}),
            "value": assembled[key, number],
        }
    return found


def _marked(
    connection: Connection,
    lineage: Mapping[VersionId, str],
    inner: Mapping[VersionId, Iterable[Inner]],
) -> frozenset[VersionId]:
    """Return the versions that were rolled back, or contain what was."""
    marks = live_versions.all_marked(connection)
    return frozenset(
        one
        for one, digest in lineage.items()
        if (one[0], digest) in marks or any((i.key, i.digest) in marks for i in inner[one])
    )


def _running(laddered: Mapping[str, Mapping[str, EntryJson]]) -> Iterable[VersionId]:
    for key, stages in laddered.items():
        for entry in stages.values():
            for number in (entry.get("settled"), entry.get("candidate")):
                if number is not None:
                    yield key, number
