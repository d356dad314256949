"""Put a backup in the place of what a store holds, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.backup.backup_file import BackupReader, TableBegins, check_backup, damaged
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.workspace_row import load_head, tell_listeners
from prompts_admin.store.tables import artifacts, releases, users, versions, workspace

_PORTION = 500


@dataclass(frozen=True)
class StoreSummary:
    """What a store holds, in numbers that a person recognises it by."""

    epoch: str
    revision: int
    artifacts: int
    versions: int
    releases: int
    people: int
    audit_entries: int


@dataclass(frozen=True)
class RestoreSummary:
    """What was replaced (None: the database was empty) and what stands there now."""

    before: StoreSummary | None
    after: StoreSummary


def restore_backup(url: str, path: Path, *, progress: Callable[[str], None] | None = None) -> RestoreSummary:
    """Replace everything in the database `url` by the backup at `path`, or nothing at all.

    The store gets a new epoch, so that programs which serve from a later revision notice (a revision may be
    lower only in a new epoch). A backup of an older schema is migrated. Raises Refused("backup_damaged") and
    `Unavailable`; nothing was changed then.
    """
    schema = check_backup(path).schema
    if schema not in migrate.known():
        raise Unavailable(
            "schema_mismatch",
            f"The backup '{path}' has schema \"{schema}\", which this program does not know. Nothing was changed.",
            "Restore it with the version of prompts-admin that made it, or a newer one.",
        )
    engine = open_engine(url)
    try:
        with migrate.migrating(engine) as connection:
            return _replace(connection, schema, path, progress or _silent)
    finally:
        engine.dispose()


def summary(connection: Connection) -> StoreSummary:
    """Count what the store holds."""
    head = load_head(connection)
    return StoreSummary(
        epoch=head.epoch,
        revision=head.revision,
        artifacts=_count(connection, artifacts),
        versions=_count(connection, versions),
        releases=_count(connection, releases),
        people=_count(connection, users),
        audit_entries=head.audit_seq,
    )


def _count(connection: Connection, table: sa.Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _silent(_table: str) -> None:
    pass


def _replace(
    connection: Connection, schema: str, path: Path, progress: Callable[[str], None]
) -> RestoreSummary:
    before = _clear(connection)
    # Dropping the tables takes their triggers along; the migrations make both again.
    migrate.run(connection, "upgrade", schema)
    try:
        _load(connection, path, progress)
    except (sa.exc.IntegrityError, sa.exc.DataError, ValueError):
        raise damaged(path, "its rows contradict each other") from None
    _continue_numbering(connection)
    migrate.run(connection, "upgrade", "head")
    connection.execute(sa.update(workspace).values(epoch=str(uuid4())))
    after = summary(connection)
    tell_listeners(connection, after.revision)
    return RestoreSummary(before, after)


def _clear(connection: Connection) -> StoreSummary | None:
    migrate.refuse_unknown(connection)
    if migrate.current_on(connection) is None:
        return None
    migrate.run(connection, "upgrade", "head")
    before = summary(connection)
    migrate.run(connection, "downgrade", "base")
    return before


def _load(connection: Connection, path: Path, progress: Callable[[str], None]) -> None:
    table: sa.TableClause | None = None
    rows: list[dict[str, Any]] = []
    for part in BackupReader(path):
        if isinstance(part, TableBegins):
            _insert(connection, table, rows)
            table, rows = _table(connection, part, path), []
            progress(part.name)
        elif table is not None:
            rows.append(dict(zip(table.columns.keys(), part, strict=True)))
        if len(rows) == _PORTION:
            _insert(connection, table, rows)
            rows = []
    _insert(connection, table, rows)


def _table(connection: Connection, part: TableBegins, path: Path) -> sa.TableClause:
    """Return the table as the database has it: names from a file go into SQL only when they are known there."""
    inspector = sa.inspect(connection)
    known = inspector.get_table_names()
    columns = {column["name"] for column in inspector.get_columns(part.name)} if part.name in known else set()
    if not columns or set(part.columns) != columns:
        raise damaged(path, f"it has a table '{part.name}' of another shape")
    return sa.table(part.name, *(sa.column(name) for name in part.columns))


def _insert(connection: Connection, table: sa.TableClause | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(sa.insert(table), rows)


def _continue_numbering(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the numbers restored; SQLite looks at the rows."""
    if connection.dialect.name != "postgresql":
        return
    query = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
    )
    for table, column in connection.execute(sa.text(query)).all():
        newest = sa.select(sa.func.max(sa.column(column))).select_from(sa.table(table)).scalar_subquery()
        sequence = sa.func.pg_get_serial_sequence(table, column)
        connection.execute(
            sa.select(sa.func.setval(sequence, sa.func.coalesce(newest, 1), newest.is_not(None)))
        )
