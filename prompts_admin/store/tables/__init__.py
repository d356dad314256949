"""The schema as SQLAlchemy Core tables, one module per subject; no queries and no rules live here.

`APPEND_ONLY` names the tables whose rows the database itself refuses to change or delete.
"""

from prompts_admin.store.tables.base import Json, Utc, metadata
from prompts_admin.store.tables.content import artifacts, contains, features, setting_documents, versions
from prompts_admin.store.tables.drafts import drafts, editors
from prompts_admin.store.tables.examples import examples, examples_hidden
from prompts_admin.store.tables.people import grants, invites, sessions, tokens, users
from prompts_admin.store.tables.records import audit, idempotency, outbox, workspace
from prompts_admin.store.tables.releases import (
    entries,
    marks,
    release_changes,
    release_events,
    release_item_states,
    release_items,
    release_states,
    releases,
    signoffs,
)
from prompts_admin.store.tables.search import search_words
from prompts_admin.store.tables.serving import readers
from prompts_admin.store.tables.settings_changes import (
    settings_changes,
    settings_signoffs,
    settings_states,
)

APPEND_ONLY = (
    versions,
    contains,
    setting_documents,
    releases,
    release_items,
    release_changes,
    release_events,
    signoffs,
    marks,
    settings_changes,
    settings_signoffs,
    audit,
    examples,
    examples_hidden,
)

__all__ = [
    "APPEND_ONLY",
    "Json",
    "Utc",
    "artifacts",
    "audit",
    "contains",
    "drafts",
    "editors",
    "entries",
    "examples",
    "examples_hidden",
    "features",
    "grants",
    "idempotency",
    "invites",
    "marks",
    "metadata",
    "outbox",
    "readers",
    "release_changes",
    "release_events",
    "release_item_states",
    "release_items",
    "release_states",
    "releases",
    "search_words",
    "sessions",
    "setting_documents",
    "settings_changes",
    "settings_signoffs",
    "settings_states",
    "signoffs",
    "tokens",
    "users",
    "versions",
    "workspace",
]
