"""Finding versions by the beginnings of their words, with the full-text index of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.content.records import VersionId
from prompts_admin.store.database.filters import reached
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.tables import artifacts, entries, search_words
from prompts_admin.store.tables.search import OWN_INDEX

_ADD = Prepared(search_words.insert())


class Found(NamedTuple):
    """An artifact that was found; `rank` 0 when its key has every word, else 1."""

    rank: int
    key: str


def add_words(connection: Connection, key: str, number: int, words: str) -> None:
    """Keep the words of a version; the database brings its index up to date in the same transaction."""
    _ADD.run(connection, {"key": key, "number": number, "words": words})


def find_keys(
    connection: Connection,
    words: Sequence[str],
    *,
    features: Collection[str] | None,
    archived: bool = False,
    over: Collection[str] = (),
    after: Found | None = None,
    limit: int = 50,
) -> list[Found]:
    """Return artifacts of which the newest or a live version has every word, by rank and then by key.

    Words are letters and digits alone (`domain.searching.words_of`); `features` are those that may be seen. What is of
    those in `over`, or contains something of them, is left out before anything is counted.
    """
    rank, running = _rank(words), _running().subquery()
    query = sa.select(rank.label("rank"), artifacts.c.key).distinct()
    query = query.select_from(running.join(artifacts, artifacts.c.key == running.c.key))
    query = query.where(_matches(connection, words, running.c.id))
    query = query.where(reached(over, running.c.key, running.c.number))
    query = query.where(reached(over, artifacts.c.key, artifacts.c.latest))
    state = artifacts.c.archived_at
    query = query.where(state.is_not(None) if archived else state.is_(None))
    if features is not None:
        query = query.where(artifacts.c.feature.in_(features))
    if after is not None:
        beyond = sa.and_(rank == after.rank, artifacts.c.key > after.key)
        query = query.where(sa.or_(rank > after.rank, beyond))
    return [Found(*row) for row in connection.execute(query.order_by("rank", artifacts.c.key).limit(limit))]


def found_versions(connection: Connection, words: Sequence[str], keys: Collection[str]) -> list[VersionId]:
    """Return the newest and the live versions of `keys` that have every word, the newest first."""
    running = _running(search_words.c.key.in_(keys)).subquery()
    kept = sa.select(running.c.key, running.c.number).join(search_words, search_words.c.id == running.c.id)
    query = kept.where(_reads(words)).order_by(running.c.number.desc())
    return [(key, number) for key, number in connection.execute(query)]


def names(
    connection: Connection, *, features: Collection[str] | None, over: Collection[str] = (), limit: int
) -> list[tuple[str, str]]:
    """Return (key, kind) of artifacts in use, by key."""
    query = sa.select(artifacts.c.key, artifacts.c.kind).where(artifacts.c.archived_at.is_(None))
    query = query.where(reached(over, artifacts.c.key, artifacts.c.latest))
    if features is not None:
        query = query.where(artifacts.c.feature.in_(features))
    return [(key, kind) for key, kind in connection.execute(query.order_by(artifacts.c.key).limit(limit))]


def _running(*where: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    """Return (id, key, number) of the words of every newest version, and of every one that is live.

    It goes from artifacts and entries to their words: among all versions that have a common word the few that
    count would be looked for much longer.
    """
    table = search_words
    columns = (table.c.id, table.c.key, table.c.number)
    numbers = ((artifacts, artifacts.c.latest), (entries, entries.c.settled), (entries, entries.c.candidate))
    return sa.union(
        *(
            sa.select(*columns)
            .join(other, sa.and_(other.c.key == table.c.key, number == table.c.number))
            .where(*where)
            for other, number in numbers
        )
    )


def _matches(
    connection: Connection, words: Sequence[str], found: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Tell whether the words of the row with this id have every word, by the index of the database."""
    if connection.dialect.name == "postgresql":
        asked = sa.bindparam("asked", " & ".join(f"'{word}':*" for word in words), sa.Text)
        apart = sa.func.string_to_array(search_words.c.words, sa.literal_column("' '"))
        matches = sa.func.array_to_tsvector(apart).bool_op("@@")(sa.cast(asked, _tsquery()))
        return found.in_(sa.select(search_words.c.id).where(matches))
    if _has_index(connection):
        asked = sa.bindparam("asked", " ".join(f'"{word}"*' for word in words), sa.Text)
        index = sa.table(OWN_INDEX, sa.column("rowid"))
        matching = sa.select(index.c.rowid).where(sa.literal_column(OWN_INDEX).bool_op("MATCH")(asked))
        return found.in_(matching)
    return found.in_(sa.select(search_words.c.id).where(_reads(words)))


def _reads(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell the same by reading the words themselves: for few rows, or without an index."""
    spaced = sa.literal(" ") + search_words.c.words
    return sa.and_(*(spaced.contains(f" {word}", autoescape=True) for word in words))


def _tsquery() -> Any:
    # Imported here: on SQLite the dialect would take a tenth of the start of a command.
    from sqlalchemy.dialects.postgresql import TSQUERY

    return TSQUERY


def _has_index(connection: Connection) -> bool:
    """Tell whether the migration found FTS5 in this SQLite."""
    query = sa.text("SELECT 1 FROM sqlite_master WHERE name = :name")
    return connection.execute(query, {"name": OWN_INDEX}).first() is not None


def _rank(words: Sequence[str]) -> sa.ColumnElement[int]:
    named = sa.and_(*(artifacts.c.key.contains(word, autoescape=True) for word in words))
    return sa.case((named, 0), else_=1)
