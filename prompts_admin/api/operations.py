"""The one table of operations."""

from __future__ import annotations

from prompts_admin.api import openapi_route as description
from prompts_admin.api.contract.operation import Operation
from prompts_admin.api.resources import (
    artifacts,
    audit,
    features,
    people,
    readers,
    serving,
    sessions,
    settings,
    tokens,
    transfer,
    versions,
)
from prompts_admin.api.resources import explain as explaining
from prompts_admin.api.resources import maintenance as keeping
from prompts_admin.api.resources import release_operations as release_table
from prompts_admin.api.resources import rollback as putting_back

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
