"""Triggers by which the database itself refuses to change or delete rows of append-only tables.

Used by migrations, so what these functions make must not change: a revision that needs other triggers
brings its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_FUNCTION = "refuse_change"


def refuse_changes(connection: Connection, table: str, *, key: tuple[str, ...]) -> None:
    """Make `table` append-only; `key` is its primary key.

    After this UPDATE, DELETE, TRUNCATE and every form of replacing INSERT fail on it.
    """
    statements = _for_sqlite(table, key) if connection.dialect.name == "sqlite" else _for_postgresql(table)
    for statement in statements:
        connection.exec_driver_sql(statement)


def allow_changes(connection: Connection, table: str) -> None:
    """Take the triggers of `table` away."""
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete", "replace"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_refuses_{event}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {table}_refuses_change ON {table}")


def protected(connection: Connection) -> set[str]:
    """Return the names of the tables that refuse changes."""
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name HAVING count(*) = 3"
        )
    else:
        query = (
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = c.relname || '_refuses_change' AND t.tgenabled <> 'D'"
        )
    return set(connection.execute(sa.text(query)).scalars())


def _for_sqlite(table: str, key: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    # Names come from the migrations, never from people.
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
    return [
        f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without asking the DELETE trigger.
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]


def _for_postgresql(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation',"
        " MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        # Per statement: ON CONFLICT DO UPDATE and TRUNCATE are asked too.
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    ]
