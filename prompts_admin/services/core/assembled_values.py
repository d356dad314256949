"""Assembled values of versions, remembered by digest: a digest can only ever mean one value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from prompts_admin.domain.content.assembly import assemble
from prompts_admin.domain.content.records import Inner, VersionId
from prompts_admin.domain.json_object import Content, Json
from prompts_admin.serving.recently_used import RecentlyUsed
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.database.unit_of_work import Connection


class Values:
    """A bounded memory of assembled values, shared by all threads of one product."""

    def __init__(self, size: int = 20_000) -> None:
        self._known: RecentlyUsed[str, Json] = RecentlyUsed(size)

    def of(
        self,
        connection: Connection,
        digests: Mapping[VersionId, str],
        *,
        inner: Mapping[VersionId, Sequence[Inner]] | None = None,
    ) -> dict[VersionId, Json]:
        """Return the value of each version, as `get` answers it without variables.

        `inner`, what each of them contains, saves a query where it is known.
        """
        found = {version: self._known.get(digest) for version, digest in digests.items()}
        unknown = [version for version, value in found.items() if value is None]
        if unknown:
            inner = inner or artifacts.contained_in(connection, unknown)
            for version, value in _assembled(connection, unknown, inner).items():
                found[version] = value
                self._known.put(digests[version], value)
        return {version: value for version, value in found.items() if value is not None}


def _assembled(
    connection: Connection, ids: Collection[VersionId], inner: Mapping[VersionId, Sequence[Inner]]
) -> dict[VersionId, Json]:
    wanted = {*ids, *((i.key, i.number) for version in ids for i in inner[version])}
    found = artifacts.find_versions(connection, wanted)

    def lookup(key: str, number: int) -> Content:
        return found[key, number].content

    return {version: assemble(found[version].content, lookup) for version in ids if version in found}
