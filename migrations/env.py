"""Run by Alembic inside the one transaction that `prompts_admin.store.database.migrate` has opened."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from prompts_admin.store.tables import Json, Utc, metadata


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write the product's column types as plain ones: a revision must not change when the program does."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.String(27)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def migrate(connection: sa.Connection) -> None:
    """Configure Alembic for either database and run."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
