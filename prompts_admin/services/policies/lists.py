"""Lists of settings changes, one of them, and the settings in force."""

from __future__ import annotations

from typing import TypedDict

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import NotFound
from prompts_admin.domain.json_object import Json
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.settings import CurrentSettings, SettingsChange
from prompts_admin.services.core.paging import number_cursor, page, page_size
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies.changes import current_document
from prompts_admin.services.policies.documents import settings_documents
from prompts_admin.store.artifacts import features
from prompts_admin.store.artifacts.features import WORKSPACE
from prompts_admin.store.releases import policy_changes

MOST_SINCE = 20
"""How many versions of settings are named that came since somebody began to write."""


def list_settings(
    work: Work,
    *,
    scope: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> ListOf[SettingsChange]:
    """Return settings changes that the asker may read, newest first; those of the workspace are for all."""
    work.require_somewhere("read")
    readable = work.readable()
    scopes = None if readable is None else {*readable, WORKSPACE}
    if scope is not None:
        scopes = {scope} if scopes is None else scopes & {scope}
    numbers = policy_changes.change_numbers(
        work.connection,
        scopes=scopes,
        state=state,
        before=number_cursor(after),
        limit=page_size(limit),
    )
    shown = page(numbers, limit, str, int)
    return {**shown, "items": settings_documents(work, shown["items"])}


def show_settings(work: Work, number: int) -> SettingsChange:
    """Return one settings change; raises NotFound, also for those of a feature that the asker may not read."""
    work.require_somewhere("read")
    found = settings_documents(work, [number])
    if not found or not (found[0]["scope"] == WORKSPACE or work.may("read", found[0]["scope"])):
        raise NotFound("not_found", f"There is no settings change {number}.", remedies.see_settings())
    return found[0]


def current_settings(work: Work, scope: str) -> CurrentSettings:
    """Return {scope, version, document} in force; the scope of the workspace is empty."""
    work.require_somewhere("read")
    document = current_document(work, scope)
    return {"scope": document.scope, "version": document.version, "document": document.document}


class SettingsVersion(TypedDict):
    """One version of settings: the change that made it, None without one."""

    number: int | None
    by: str
    at: str


class SettingsSince(TypedDict):
    """What happened to the settings in force since some version.

    Changes oldest first; `before` is {} where there was no such version.
    """

    version: int
    before: Json
    document: Json
    changes: list[SettingsVersion]


def settings_since(work: Work, scope: str, base: int) -> SettingsSince:
    """Return what happened to the settings in force since version `base`."""
    work.require_somewhere("read")
    current = current_document(work, scope)
    wanted = [(scope, version) for version in range(max(base, current.version - MOST_SINCE), current.version)]
    found = features.document_versions(work.connection, [(scope, base), *wanted])
    after = [found[key] for key in wanted if key in found and key[1] > base] + [current]
    return {
        "version": current.version,
        "before": found[scope, base].document if (scope, base) in found else {},
        "document": current.document,
        "changes": [{"number": row.change, "by": row.by, "at": iso(row.at)} for row in after],
    }
