"""Rows of what every release did on the stages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.releases.records import Change, HistoryLine, Place
from prompts_admin.domain.stages import Entry
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import any_of
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.tables import release_changes

_SIDES = tuple(
    f"{side}_{name}" for side in ("before", "after") for name in ("settled", "candidate", "percentage")
)
LINE = tuple(release_changes.c[name] for name in ("release", "kind", "at", "by", *_SIDES))
"""The columns of one line, as `happened` takes them."""
_PLACED_LINE = (*(release_changes.c[name] for name in ("revision", "stage", "key")), *LINE)
_ADD = Prepared(release_changes.insert())
_LEFT_BY_ALL = (
    sa.select(
        *(release_changes.c[name] for name in ("key", "kind")),
        *(
            release_changes.c[f"{side}_{name}"]
            for side in ("before", "after")
            for name in ("settled", "candidate")
        ),
    )
    .where(release_changes.c.at > sa.bindparam("at"))
    .order_by(release_changes.c.revision.desc())
)
_LEFT_BY = Prepared(_LEFT_BY_ALL.where(release_changes.c.key.in_(any_of("keys"))))
_CHANGED_SINCE = Prepared(
    sa.select(
        release_changes.c.key,
        *(
            release_changes.c[f"{side}_{name}"]
            for side in ("before", "after")
            for name in ("settled", "candidate")
        ),
    ).where(release_changes.c.revision > sa.bindparam("since"))
)
_OF_KEYS = (
    sa.select(*_PLACED_LINE)
    .where(release_changes.c.key.in_(any_of("keys")))
    .order_by(release_changes.c.revision)
)


def _last_left() -> sa.Select[Any]:
    """Return the statement for each place's last line, and its last line for each version that was left there.

    What a rollback goes back to is told by the lines after which a version was no longer settled, undos apart.
    The last line that settled it tells less: it may be of a release that was undone or rolled back since.
    """
    table = release_changes
    lines = sa.union(_newest_of_places(), _recently_left()).subquery()
    same = sa.and_(*(table.c[name] == lines.c[name] for name in ("stage", "key", "revision")))
    # The keys once more: else PostgreSQL goes by the revision, of which the first release has thousands of lines.
    return sa.select(*_PLACED_LINE).join(lines, same).where(table.c.key.in_(any_of("keys")))


def _newest_of_places() -> sa.Select[Any]:
    table = release_changes
    place = (table.c.stage, table.c.key)
    newest = sa.select(*place, sa.func.max(table.c.revision).label("revision"))
    return newest.where(table.c.key.in_(any_of("keys"))).group_by(*place)


def _recently_left() -> sa.Select[Any]:
    table = release_changes
    left = sa.and_(table.c.kind != "undo", table.c.before_settled.is_distinct_from(table.c.after_settled))
    newest = (
        sa.select(table.c.stage, table.c.key, sa.func.max(table.c.revision).label("revision"))
        .where(table.c.key.in_(any_of("keys")), left)
        .group_by(table.c.stage, table.c.key, table.c.before_settled)
        .subquery()
    )
    by_age = sa.func.row_number().over(
        partition_by=[newest.c.stage, newest.c.key], order_by=newest.c.revision.desc()
    )
    ranked = sa.select(newest, by_age.label("age")).subquery()
    return sa.select(ranked.c.stage, ranked.c.key, ranked.c.revision).where(
        ranked.c.age <= sa.bindparam("most")
    )


def _about_versions() -> sa.Select[Any]:
    table, wanted = release_changes, any_of("versions")
    sides = (table.c.before_settled, table.c.before_candidate, table.c.after_settled, table.c.after_candidate)
    return (
        sa.select(*_PLACED_LINE)
        .where(table.c.key.in_(any_of("keys")), table.c.stage.in_(any_of("stages")))
        .where(sa.or_(*(side.in_(wanted) for side in sides)))
    )


_LAST_LEFT = Prepared(_last_left())
_ABOUT_VERSIONS = Prepared(_about_versions())


def insert_changes(
    uow: UnitOfWork,
    changes: Sequence[Change],
    *,
    release: int,
    kind: str,
    revision: int,
    at: datetime,
    by: str,
) -> None:
    """Write history: what stood at each place before and after a release."""
    common = {"release": release, "kind": kind, "revision": revision, "at": at, "by": by}
    rows = [{**common, "stage": c.stage, "key": c.key, **_pair(c.before, c.after)} for c in changes]
    uow.write_later(_ADD, *rows)


def changes_of(connection: Connection, release: int) -> tuple[Change, ...]:
    """Return what a release did."""
    query = sa.select(release_changes).where(release_changes.c.release == release)
    rows = connection.execute(query.order_by(release_changes.c.key, release_changes.c.stage))
    return tuple(Change(row.stage, row.key, *_entries(row)) for row in rows)


def history_of(
    connection: Connection, keys: Collection[str], *, until: datetime | None = None
) -> dict[Place, tuple[HistoryLine, ...]]:
    """Return everything that happened at each place of `keys`, oldest first."""
    query = _OF_KEYS if until is None else _OF_KEYS.where(release_changes.c.at <= until)
    return _by_place(connection.execute(query, {"keys": list(keys)}))


def lines_that_decide(
    connection: Connection,
    keys: Collection[str],
    *,
    most: int,
    stages: Collection[str] = (),
    versions: Collection[int] = (),
) -> dict[Place, tuple[HistoryLine, ...]]:
    """Return of each place of `keys` its last line, and the last for each of the `most` versions left last.

    And every line on `stages` before or after which one of `versions` ran; oldest first. However long the
    history is, a rollback looks at the former and the order of stages at the latter.
    """
    rows = list(_LAST_LEFT.rows(connection, {"keys": list(keys), "most": most}))
    if stages and versions:
        given = {"keys": list(keys), "stages": list(stages), "versions": list(versions)}
        rows += _ABOUT_VERSIONS.rows(connection, given)
    unique = {
        (revision, rest[0], stage, key): (revision, stage, key, *rest) for revision, stage, key, *rest in rows
    }
    return _by_place(unique[name] for name in sorted(unique))


def history_of_place(connection: Connection, place: Place) -> tuple[HistoryLine, ...]:
    """Return everything that happened at one place, oldest first."""
    stage, key = place
    query = _OF_KEYS.where(release_changes.c.stage == stage)
    return _by_place(connection.execute(query, {"keys": [key]})).get(place, ())


def versions_changed_since(connection: Connection, revision: int) -> dict[str, set[int]]:
    """Return the keys that releases changed after a revision, with every version that came or went."""
    found: dict[str, set[int]] = {}
    for key, *numbers in _CHANGED_SINCE.rows(connection, {"since": revision}):
        found.setdefault(key, set()).update(number for number in numbers if number is not None)
    return found


def versions_left_since(
    connection: Connection, at: datetime, *, kinds: Collection[str], keys: Collection[str] | None = None
) -> dict[str, list[int]]:
    """Return by key the versions that a release of one of `kinds` replaced after a moment, the last one first.

    A version that another kind of release took away since is not among them.
    """
    given: dict[str, Any] = {"at": at}
    if keys is None:
        rows: Iterable[Any] = connection.execute(_LEFT_BY_ALL, given)
    else:
        rows = _LEFT_BY.rows(connection, {**given, "keys": list(keys)})
    left: dict[str, dict[int, bool]] = {}
    for key, kind, *sides in rows:
        of_key = left.setdefault(key, {})
        for number in set(sides[:2]) - set(sides[2:]) - {None}:
            of_key.setdefault(number, kind in kinds)
    return {key: [number for number, is_kept in found.items() if is_kept] for key, found in left.items()}


def released_keys(connection: Connection) -> frozenset[str]:
    """Return the keys that were ever released.

    Those archived since too: archiving makes no revision, and one revision must be one document.
    """
    return frozenset(connection.scalars(sa.select(release_changes.c.key).distinct()))


def last_lines(connection: Connection, *, at: datetime, feature: str | None = None) -> dict[Place, Entry]:
    """Return what stood at each place at a moment, of one feature or of everything."""
    wanted = [release_changes.c.at <= at]
    if feature is not None:
        wanted.append(release_changes.c.key.startswith(f"{feature}/", autoescape=True))
    return _stood(connection, *wanted)


def entries_after(connection: Connection, revision: int, keys: Collection[str]) -> dict[Place, Entry]:
    """Return what stood at each place of `keys` once a revision was made."""
    table = release_changes
    return _stood(connection, table.c.revision <= revision, table.c.key.in_(sorted(keys)))


def _stood(connection: Connection, *where: sa.ColumnElement[bool]) -> dict[Place, Entry]:
    newest = sa.select(
        release_changes.c.stage,
        release_changes.c.key,
        sa.func.max(release_changes.c.revision).label("revision"),
    ).where(*where)
    last = newest.group_by(release_changes.c.stage, release_changes.c.key).subquery()
    query = sa.select(release_changes).join(
        last,
        (release_changes.c.stage == last.c.stage)
        & (release_changes.c.key == last.c.key)
        & (release_changes.c.revision == last.c.revision),
    )
    return {(row.stage, row.key): _entries(row)[1] for row in connection.execute(query)}


def _by_place(rows: Iterable[Any]) -> dict[Place, tuple[HistoryLine, ...]]:
    found: dict[Place, list[HistoryLine]] = {}
    for _, stage, key, *line in rows:
        found.setdefault((stage, key), []).append(happened(*line))
    return {place: tuple(lines) for place, lines in found.items()}


def happened(release: int, kind: str, at: datetime, by: str, *sides: Any) -> HistoryLine:
    """Return a line of history from the columns of `LINE`."""
    return HistoryLine(release, kind, at, by, Entry(*sides[:3]), Entry(*sides[3:]))


def _entries(row: Any) -> tuple[Entry, Entry]:
    return (
        Entry(row.before_settled, row.before_candidate, row.before_percentage),
        Entry(row.after_settled, row.after_candidate, row.after_percentage),
    )


def _pair(before: Entry, after: Entry) -> dict[str, int | None]:
    return {
        "before_settled": before.settled,
        "before_candidate": before.candidate,
        "before_percentage": before.percentage,
        "after_settled": after.settled,
        "after_candidate": after.candidate,
        "after_percentage": after.percentage,
    }
