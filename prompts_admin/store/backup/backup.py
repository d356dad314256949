"""Back a store up while it is in use; what comes out can be restored on either database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.domain.errors import Usage
from prompts_admin.store.backup.backup_file import BackupInfo, BackupWriter, check_backup, writing
from prompts_admin.store.backup.restore import RestoreSummary, StoreSummary, restore_backup
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import sqlite_path
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.tables import Json, Utc, metadata

__all__ = ["BackupInfo", "RestoreSummary", "StoreSummary", "backup", "check_backup", "restore_backup"]

LEFT_OUT = frozenset({"drafts", "editors", "readers", "sessions", "invites"})
"""A restored session or invitation would open the door again to whoever was shown out since; a reader is past.

Drafts are nobody's business but their writer's, and whoever makes a backup reads all of it.
"""

_PORTION = 500

Progress = Callable[[str], None]
"""Called with the name of each table when its turn comes."""


def backup(store: Store, path: Path, *, progress: Progress | None = None) -> BackupInfo:
    """Write everything but sessions and invitations to `path`, as of one moment, and check what was written.

    Takes no lock: changes go on meanwhile. A file at `path` is replaced once the new one is whole. Raises
    `Usage` for the store's own file, `Unavailable` when the database cannot be read.
    """
    own = sqlite_path(store.engine.url)
    if own is not None and path.exists() and own.exists() and path.samefile(own):
        raise Usage("malformed", f"'{path}' is the store itself.", "Name another file for the backup.")
    with store.read() as work, writing(path) as file:
        writer = BackupWriter(file, _header(work))
        for table in metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                if progress:
                    progress(table.name)
                _write_table(work.connection, table, writer)
        writer.close()
    return check_backup(path)


def _header(work: UnitOfWork) -> dict[str, object]:
    return {
        "epoch": work.head.epoch,
        "schema": migrate.current_on(work.connection),
        "revision": work.head.revision,
        "created_at": work.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _write_table(connection: Connection, table: sa.Table, writer: BackupWriter) -> None:
    query = sa.select(*(_as_stored(column) for column in table.columns)).order_by(*table.primary_key.columns)
    # On a connection of its own options: a cursor of the server, not all rows in memory.
    rows = connection.execute(query, execution_options={"stream_results": True, "yield_per": _PORTION})
    writer.table(table.name, tuple(column.name for column in table.columns), rows)


def _as_stored(column: sa.Column[object]) -> sa.ColumnElement[object]:
    """Read moments and JSON as the text that they are, so that they come back byte for byte."""
    text = isinstance(column.type, Utc | Json)
    return sa.type_coerce(column, sa.Text()) if text else column
