"""Rows of artifacts and versions, and what a version contains by its pins."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.content.records import Artifact, Inner, Origin, Version, VersionId
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import ByIds, BySpans, Span, any_of, columns_of
from prompts_admin.store.tables import artifacts, contains, versions

__all__ = ["Artifact", "Inner", "Version", "VersionId"]


_ARTIFACTS = Prepared(sa.select(*columns_of(artifacts, Artifact)).where(artifacts.c.key.in_(any_of("keys"))))
_VERSIONS = ByIds(versions.c.key, versions.c.number, columns_of(versions, Version))
_DIGESTS = ByIds(versions.c.key, versions.c.number, [versions.c.key, versions.c.number, versions.c.digest])
_INNER = ByIds(
    contains.c.key,
    contains.c.number,
    [
        *(contains.c[name] for name in ("key", "number")),
        *(contains.c[name] for name in ("inner_key", "inner_number", "inner_digest", "direct")),
    ],
)
_ADD_VERSION, _ADD_INNER = Prepared(versions.insert()), Prepared(contains.insert())
_UPDATE = Prepared(artifacts.update().where(artifacts.c.key == sa.bindparam("of_key")))
_ORIGINS = (versions.c.key, versions.c.number, versions.c.digest)
_EVERY_DIGEST = sa.select(*_ORIGINS).where(versions.c.key.in_(any_of("keys")))
# In order and with a limit: the newest is found at once, while a maximum would look at every version.
_NEWEST_BUT = (
    sa.select(versions.c.number)
    .where(versions.c.key == sa.bindparam("key"), versions.c.digest.not_in(any_of("digests")))
    .order_by(versions.c.number.desc())
    .limit(1)
)
_SPANS = BySpans(versions.c.key, versions.c.number, (*_ORIGINS, versions.c.author, versions.c.via))


def find_artifacts(connection: Connection, keys: Collection[str]) -> dict[str, Artifact]:
    """Return the artifacts that exist among `keys`."""
    found = (Artifact(*row) for row in _ARTIFACTS.rows(connection, {"keys": list(keys)}))
    return {artifact.key: artifact for artifact in found}


def insert_artifact(connection: Connection, artifact: Artifact) -> None:
    """Add a new artifact."""
    connection.execute(artifacts.insert().values(asdict(artifact)))


def update_artifact(connection: Connection, key: str, **values: Any) -> None:
    """Change the mutable columns of an artifact: latest, description, archived_at, archived_by."""
    _UPDATE.run(connection, {"of_key": key, **values})


def find_versions(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, Version]:
    """Return the versions that exist among `ids`."""
    found = (_version(*row) for row in _VERSIONS.rows(connection, ids))
    return {(version.key, version.number): version for version in found}


def insert_version(connection: Connection, version: Version, inner: Iterable[Inner]) -> None:
    """Add a version and everything that it contains."""
    _ADD_VERSION.run(connection, {**vars(version), "acknowledged": list(version.acknowledged)})
    rows = [
        {"key": version.key, "number": version.number, "inner_key": i.key, "inner_number": i.number}
        | {"inner_digest": i.digest, "direct": i.direct}
        for i in inner
    ]
    if rows:
        _ADD_INNER.run(connection, rows)


def every_digest(connection: Connection, keys: Collection[str]) -> dict[VersionId, str]:
    """Return the digest of every version of `keys`, without their contents."""
    rows = connection.execute(_EVERY_DIGEST, {"keys": list(keys)})
    return {(key, number): digest for key, number, digest in rows}


def lineage_within(connection: Connection, spans: Collection[Span]) -> dict[VersionId, Origin]:
    """Return where the versions of each (key, first, last), both included, come from."""
    rows = _SPANS.rows(connection, spans)
    return {(key, number): Origin(*origin) for key, number, *origin in rows}


def newest_but(connection: Connection, key: str, digests: Collection[str]) -> int | None:
    """Return the number of the newest version of `key` whose digest is none of `digests`."""
    found: int | None = connection.scalar(_NEWEST_BUT, {"key": key, "digests": list(digests)})
    return found


def digests_of(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, str]:
    """Return the digests of the versions that exist among `ids`, without their contents."""
    return {(key, number): digest for key, number, digest in _DIGESTS.rows(connection, ids)}


def contained_in(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, tuple[Inner, ...]]:
    """Return what each of `ids` contains, at any depth."""
    found: dict[VersionId, list[Inner]] = {version: [] for version in ids}
    for key, number, *inner in _INNER.rows(connection, ids):
        found[key, number].append(Inner(*inner))
    return {version: tuple(inners) for version, inners in found.items()}


def containers_of(
    connection: Connection, key: str, number: int | None = None, *, direct: bool = False
) -> tuple[tuple[VersionId, int], ...]:
    """Return ((key, number), inner number) of every version that contains `key` (or exactly `key@number`)."""
    query = sa.select(contains.c.key, contains.c.number, contains.c.inner_number).where(
        contains.c.inner_key == key
    )
    if number is not None:
        query = query.where(contains.c.inner_number == number)
    if direct:
        query = query.where(contains.c.direct)
    rows = connection.execute(query.order_by(contains.c.key, contains.c.number))
    return tuple(((row.key, row.number), row.inner_number) for row in rows)


def _version(*row: Any) -> Version:
    version = Version(*row)
    return replace(version, acknowledged=tuple(version.acknowledged))
