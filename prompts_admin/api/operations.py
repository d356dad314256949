"""The one table of operations."""

from __future__ import annotations

from prompts_admin.api.contract.operation import Operation
from prompts_admin.api.openapi_route import description_of
from prompts_admin.api.resources import (
    artifacts,
    audit,
    explain,
    features,
    maintenance,
    people,
    readers,
    release_operations,
    rollback,
    serving,
    sessions,
    settings,
    tokens,
    transfer,
    versions,
)

OPERATIONS: tuple[Operation, ...] = (
    *artifacts.OPERATIONS,
    *versions.OPERATIONS,
    *transfer.OPERATIONS,
    *release_operations.OPERATIONS,
    *rollback.OPERATIONS,
    *explain.OPERATIONS,
    *features.OPERATIONS,
    *settings.OPERATIONS,
    *audit.OPERATIONS,
    *tokens.OPERATIONS,
    *people.OPERATIONS,
    *sessions.OPERATIONS,
    *maintenance.OPERATIONS,
    *serving.OPERATIONS,
    *readers.OPERATIONS,
    description_of(lambda: OPERATIONS),
)
