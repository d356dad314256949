"""Rows of features and of the versioned documents that hold policies, classification and audiences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.features import Document, Feature
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.statements import ByIds, any_of, columns_of
from prompts_admin.store.tables import features, setting_documents, workspace

WORKSPACE = ""
"""The scope of the workspace's own document: its audiences."""


_FEATURES = sa.select(*columns_of(features, Feature)).order_by(features.c.key)
_FEATURES_OF = Prepared(_FEATURES.where(features.c.key.in_(any_of("keys"))))
_DOCUMENTS = sa.select(*columns_of(setting_documents, Document))
_BY_VERSION = ByIds(
    setting_documents.c.scope, setting_documents.c.version, columns_of(setting_documents, Document)
)


def _newest_documents(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    table = setting_documents
    newest = sa.select(table.c.scope, sa.func.max(table.c.version).label("version")).where(*where)
    latest = newest.group_by(table.c.scope).subquery()
    return _DOCUMENTS.join(latest, (table.c.scope == latest.c.scope) & (table.c.version == latest.c.version))


_CURRENT = Prepared(_newest_documents())
_CURRENT_OF = Prepared(_newest_documents(setting_documents.c.scope.in_(any_of("scopes"))))


def find_features(connection: Connection, keys: Collection[str] | None = None) -> dict[str, Feature]:
    """Return the features among `keys`, or all of them, by key."""
    rows = (
        connection.execute(_FEATURES) if keys is None else _FEATURES_OF.rows(connection, {"keys": list(keys)})
    )
    return {feature.key: feature for feature in (Feature(*row) for row in rows)}


def insert_feature(connection: Connection, feature: Feature) -> None:
    """Add a new feature."""
    connection.execute(features.insert().values(asdict(feature)))


def update_feature(connection: Connection, key: str, **values: Any) -> None:
    """Change the direct fields of a feature."""
    connection.execute(features.update().where(features.c.key == key).values(values))


def current_documents(connection: Connection, scopes: Collection[str] | None = None) -> dict[str, Document]:
    """Return the newest document of each scope (of all scopes by default)."""
    rows = (
        _CURRENT.rows(connection)
        if scopes is None
        else _CURRENT_OF.rows(connection, {"scopes": list(scopes)})
    )
    return {document.scope: document for document in (Document(*row) for row in rows)}


def document_at(connection: Connection, scope: str, at: datetime) -> Document | None:
    """Return the document of a scope that was in force at a moment."""
    query = (
        sa.select(setting_documents)
        .where(setting_documents.c.scope == scope, setting_documents.c.at <= at)
        .order_by(setting_documents.c.version.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return Document(**row) if row else None


def document_version(connection: Connection, scope: str, version: int) -> Document | None:
    """Return one version of a scope's document."""
    return document_versions(connection, [(scope, version)]).get((scope, version))


def document_versions(
    connection: Connection, wanted: Collection[tuple[str, int]]
) -> dict[tuple[str, int], Document]:
    """Return the versions of documents that exist among `wanted` (scope, version)."""
    found = (Document(*row) for row in _BY_VERSION.rows(connection, wanted))
    return {(document.scope, document.version): document for document in found}


def insert_document(connection: Connection, document: Document) -> None:
    """Add a version of a scope's document and make it the one in force."""
    connection.execute(setting_documents.insert().values(asdict(document)))
    if document.scope == WORKSPACE:
        connection.execute(workspace.update().values(document_version=document.version))
    else:
        update_feature(connection, document.scope, document_version=document.version)
