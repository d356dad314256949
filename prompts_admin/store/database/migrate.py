"""Bring a database to the schema of this program, and refuse one that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database.engine import WAIT_SECONDS
from prompts_admin.store.database.error_translation import translated
from prompts_admin.store.database.unit_of_work import utc_now
from prompts_admin.store.tables import workspace

if TYPE_CHECKING:
    from alembic.config import Config

START_OF_CHAIN = "0" * 64
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))
_WAIT_SECONDS = 60.0
# Any number will do that no other program on the same database server is likely to take.
_ADVISORY_LOCK = 0x70726F6D70747301


def upgrade(engine: Engine, *, now: datetime | None = None) -> None:
    """Migrate to the newest schema in one transaction, and make the workspace row of a new store.

    Does nothing on a store that is current. Raises `Unavailable`, also for a schema newer than this program.
    """
    with migrating(engine) as connection:
        refuse_unknown(connection)
        run(connection, "upgrade", "head")
        make_workspace(connection, now or utc_now())


def current(engine: Engine) -> str | None:
    """Return the schema revision of the database, None when it is empty."""
    with translated(), engine.connect() as connection:
        return current_on(connection)


def head() -> str:
    """Return the schema revision of this program."""
    return known()[0]


def known() -> tuple[str, ...]:
    """Return every schema revision that this program knows, newest first: what their files begin with.

    Importing Alembic would take a command longer than most of them take to answer.
    """
    names = (path.name for path in (_scripts() / "versions").glob("[0-9]*_*.py"))
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def check_is_current(engine: Engine) -> None:
    """Raise `Unavailable("schema_mismatch")` unless the database has exactly the schema of this program."""
    with translated(), engine.connect() as connection:
        refuse_unknown(connection)
        found = current_on(connection)
    if found != head():
        raise Unavailable(
            "schema_mismatch",
            f'The database has schema "{found or "none"}", this program needs "{head()}".',
            "Run: prompts-admin db upgrade",
        )


def current_on(connection: Connection) -> str | None:
    """Return the schema revision that `connection` sees."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(sa.select(_VERSION.c.version_num))
    return found


def refuse_unknown(connection: Connection) -> None:
    """Raise `Unavailable("schema_mismatch")` for a schema that a newer program has made."""
    found = current_on(connection)
    if found is not None and found not in known():
        raise Unavailable(
            "schema_mismatch",
            f'The database has schema "{found}", newer than this program\'s "{head()}"; nothing was changed.',
            "Start the newer version of prompts-admin, or restore a backup made by this one.",
        )


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction of a migration: alone, whole or not at all."""
    with (
        translated(),
        engine.connect().execution_options(**{WAIT_SECONDS: _WAIT_SECONDS}) as connection,
        _without_cascades(connection),
        connection.begin(),
    ):
        _wait_for_others(connection)
        yield connection
        _check_references(connection)


def run(connection: Connection, command: str, target: str) -> None:
    """Run Alembic's `upgrade` or `downgrade` to `target` inside the caller's transaction."""
    from alembic import command as commands

    config = _config()
    config.attributes["connection"] = connection
    getattr(commands, command)(config, target)


def make_workspace(connection: Connection, now: datetime) -> None:
    """Insert the one workspace row unless it is there."""
    if connection.execute(sa.select(workspace.c.id)).first():
        return
    connection.execute(
        sa.insert(workspace).values(
            id=1,
            epoch=str(uuid4()),
            revision=0,
            last_release=0,
            last_settings_change=0,
            document_version=0,
            demo=False,
            created_at=now,
            owner=None,
            audit_hash=START_OF_CHAIN,
            audit_seq=0,
        )
    )


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> Path:
    package = Path(__file__).resolve().parents[2]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def _wait_for_others(connection: Connection) -> None:
    """Let no other migration and no unit of work run beside, on PostgreSQL; SQLite's lock has seen to it."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS:.0f}s'"))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    if connection.execute(sa.select(sa.func.to_regclass("workspace"))).scalar() is not None:
        # Every unit of work begins by reading this table.
        connection.execute(sa.text("LOCK TABLE workspace IN ACCESS EXCLUSIVE MODE"))


@contextmanager
def _without_cascades(connection: Connection) -> Iterator[None]:
    """Switch SQLite's foreign keys off: its way to alter a table drops it, which would delete child rows."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    # Has no effect inside a transaction, so it goes to the driver before SQLAlchemy begins one.
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(
                f'The migration left a row of "{broken[0]}" pointing to nothing; it was rolled back.'
            )
