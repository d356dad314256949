"""The schema of the local store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prompts_cli.local.store import as_failures, refuse_missing_store

if TYPE_CHECKING:
    from prompts_admin.settings.table import Settings


def schema(settings: Settings, *, upgrade: bool) -> dict[str, Any]:
    """Return {current, head}: the database's schema and this program's; upgrades first when asked to."""
    from prompts_admin.store.database import migrate
    from prompts_admin.store.database.engine import open_engine

    if upgrade:
        settings.data.mkdir(parents=True, exist_ok=True)
    else:
        refuse_missing_store(settings)
    with as_failures():
        engine = open_engine(settings.database)
        try:
            if upgrade:
                migrate.upgrade(engine)
            return {"current": migrate.current(engine), "head": migrate.head()}
        finally:
            engine.dispose()
