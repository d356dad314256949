"""Rows of artifacts and versions, and what a version contains by its pins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.store.tables import artifacts, contains, versions

VersionId = tuple[str, int]
"""(key, number)."""

PORTION = 5_000


@dataclass(frozen=True)
class Artifact:
    """A named thing with versions."""

    key: str
    feature: str
    kind: str
    description: str
    latest: int
    created_at: datetime
    created_by: str
    archived_at: datetime | None = None
    archived_by: str | None = None


@dataclass(frozen=True)
class Version:
    """Immutable content of an artifact."""

    key: str
    number: int
    digest: str
    parent: int | None
    author: str
    via: str
    message: str
    content: Mapping[str, Any]
    acknowledged: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Inner:
    """Something that a version contains; `direct` when it pins it itself."""

    key: str
    number: int
    digest: str
    direct: bool


def find_artifacts(connection: Connection, keys: Collection[str]) -> dict[str, Artifact]:
    """Return the artifacts that exist among `keys`."""
    rows = connection.execute(sa.select(artifacts).where(artifacts.c.key.in_(keys)))
    return {row["key"]: Artifact(**row) for row in rows.mappings()}


def insert_artifact(connection: Connection, artifact: Artifact) -> None:
    """Add a new artifact."""
    connection.execute(artifacts.insert().values(asdict(artifact)))


def update_artifact(connection: Connection, key: str, **values: Any) -> None:
    """Change the mutable columns of an artifact: latest, description, archived_at, archived_by."""
    connection.execute(artifacts.update().where(artifacts.c.key == key).values(values))


def find_versions(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, Version]:
    """Return the versions that exist among `ids`."""
    found: dict[VersionId, Version] = {}
    for some in _portions(ids):
        wanted = _any_of(versions.c.key, versions.c.number, some)
        for row in connection.execute(sa.select(versions).where(wanted)).mappings():
            version = Version(**{**row, "acknowledged": tuple(row["acknowledged"])})
            found[version.key, version.number] = version
    return found


def insert_version(connection: Connection, version: Version, inner: Iterable[Inner]) -> None:
    """Add a version and everything that it contains."""
    connection.execute(
        versions.insert().values({**vars(version), "acknowledged": list(version.acknowledged)})
    )
    rows = [
        {"key": version.key, "number": version.number, "inner_key": i.key, "inner_number": i.number}
        | {"inner_digest": i.digest, "direct": i.direct}
        for i in inner
    ]
    if rows:
        connection.execute(contains.insert(), rows)


def lineage(connection: Connection, keys: Collection[str]) -> dict[VersionId, tuple[str, str]]:
    """Return (digest, author) of every version of `keys`, without their contents."""
    columns = (versions.c.key, versions.c.number, versions.c.digest, versions.c.author)
    rows = connection.execute(sa.select(*columns).where(versions.c.key.in_(keys)))
    return {(row.key, row.number): (row.digest, row.author) for row in rows}


def digests_of(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, str]:
    """Return the digests of the versions that exist among `ids`, without their contents."""
    found: dict[VersionId, str] = {}
    for some in _portions(ids):
        columns = (versions.c.key, versions.c.number, versions.c.digest)
        rows = connection.execute(sa.select(*columns).where(_any_of(versions.c.key, versions.c.number, some)))
        found |= {(row.key, row.number): row.digest for row in rows}
    return found


def contained_in(connection: Connection, ids: Collection[VersionId]) -> dict[VersionId, tuple[Inner, ...]]:
    """Return what each of `ids` contains, at any depth."""
    found: dict[VersionId, list[Inner]] = {version: [] for version in ids}
    for some in _portions(ids):
        wanted = _any_of(contains.c.key, contains.c.number, some)
        for row in connection.execute(sa.select(contains).where(wanted)):
            inner = Inner(row.inner_key, row.inner_number, row.inner_digest, row.direct)
            found[row.key, row.number].append(inner)
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


def _portions(ids: Collection[VersionId]) -> Iterable[list[VersionId]]:
    """Databases limit the number of parameters of one statement."""
    listed = sorted(ids)
    return (listed[start : start + PORTION] for start in range(0, len(listed), PORTION))


def _any_of(
    key: sa.Column[Any], number: sa.Column[Any], ids: Collection[VersionId]
) -> sa.ColumnElement[bool]:
    if len(ids) == 1:
        ((one_key, one_number),) = ids
        return sa.and_(key == one_key, number == one_number)
    return sa.tuple_(key, number).in_(list(ids))
