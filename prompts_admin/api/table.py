"""The one table of operations."""

from __future__ import annotations

from prompts_admin.api import (
    artifacts,
    audit,
    description,
    explaining,
    features,
    keeping,
    people,
    putting_back,
    readers,
    release_table,
    serving,
    sessions,
    settings,
    tokens,
    transfer,
    versions,
)
from prompts_admin.api.operation import Operation

PREFIX = "/api/v1"
OPERATIONS: tuple[Operation, ...] = (
    *artifacts.OPERATIONS,
    *versions.OPERATIONS,
    *transfer.OPERATIONS,
    *release_table.OPERATIONS,
    *putting_back.OPERATIONS,
    *explaining.OPERATIONS,
    *features.OPERATIONS,
    *settings.OPERATIONS,
    *audit.OPERATIONS,
    *tokens.OPERATIONS,
    *people.OPERATIONS,
    *sessions.OPERATIONS,
    *keeping.OPERATIONS,
    *serving.OPERATIONS,
    *readers.OPERATIONS,
    *description.OPERATIONS,
)
