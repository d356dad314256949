"""The restore of a backup in the place of the local store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompts_cli.failures import failure
from prompts_cli.local.store import as_failures, has_store, settings_for
from prompts_cli.server_choice import running_server
from prompts_cli.session import Session

if TYPE_CHECKING:
    from prompts_admin.settings.table import Settings

_COUNTED = ("artifacts", "versions", "releases", "people", "audit_entries")


def plan(session: Session, file: Path) -> dict[str, Any]:
    """Check a backup and return {backup, replaces}: what it holds, and what the store holds now (or None).

    Raises Failure for a damaged file, and while a server runs over the data folder.
    """
    server = running_server(session.options, session.environ)
    if server is not None:
        raise failure("in_use", f"A server runs over '{session.data}' at {server.url}.", "Stop it first.")
    settings = settings_for(session.options, session.environ)
    with as_failures():
        from prompts_admin.store.backup.backup_file import check_backup

        return {"backup": vars(check_backup(file)), "replaces": _present(settings)}


def replace(session: Session, file: Path) -> dict[str, Any]:
    """Replace everything in the store by the backup, or nothing; returns {before, after}."""
    settings = settings_for(session.options, session.environ)
    with as_failures():
        from prompts_admin.store.backup.restore import restore_backup

        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = restore_backup(settings.database, file)
    return {"before": vars(done.before) if done.before else None, "after": vars(done.after)}


def told(store: dict[str, Any] | None) -> str:
    """Return what a store holds, in words."""
    if store is None:
        return "nothing"
    counts = ", ".join(f"{store[name]} {name.replace('_', ' ')}" for name in _COUNTED if name in store)
    return f"revision {store.get('revision')}: {counts}" if counts else f"revision {store.get('revision')}"


def _present(settings: Settings) -> dict[str, Any] | None:
    """Count what the store holds; None when there is none, so that looking makes no empty one."""
    from prompts_admin.store.backup.restore import summary
    from prompts_admin.store.database import migrate
    from prompts_admin.store.database.engine import open_engine

    if not has_store(settings):
        return None
    engine = open_engine(settings.database)
    try:
        with engine.connect() as connection:
            return None if migrate.current_on(connection) is None else vars(summary(connection))
    finally:
        engine.dispose()
