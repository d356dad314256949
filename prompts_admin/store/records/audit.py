"""Rows of the audit chain: append in the transaction of the change, walk, and page by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from prompts_admin.domain.audit_chain import Anchor, AuditEntry, entry_hash
from prompts_admin.store.database.prepared_statements import Prepared
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.database.workspace_row import WorkspaceRow
from prompts_admin.store.tables import audit

_WALK = 1_000
_INSERT = Prepared(audit.insert())


def append(
    uow: UnitOfWork,
    *,
    actor: str,
    via: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    feature: str | None = None,
) -> AuditEntry:
    """Write an entry at the end of the chain, in the transaction of what it tells of.

    Raises Refused("invalid") when `detail` cannot be said in canonical JSON; the change must then not happen.
    """
    draft = AuditEntry(
        seq=uow.head.audit_seq + 1,
        at=uow.now,
        actor=actor,
        via=via,
        action=action,
        feature=feature,
        subject=subject,
        detail=detail,
        previous=uow.head.audit_hash,
    )
    entry = replace(draft, hash=entry_hash(draft.previous, draft.fields()))
    uow.write_last(_INSERT, vars(entry))
    uow.change_head(audit_seq=entry.seq, audit_hash=entry.hash)
    return entry


def end_of_chain(head: WorkspaceRow) -> Anchor:
    """Return where the chain ends by the workspace row."""
    return Anchor(head.audit_seq, head.audit_hash)


def walk(connection: Connection, *, after: int = 0) -> Iterator[AuditEntry]:
    """Yield the entries with a number above `after`, oldest first, holding a thousand at a time."""
    while True:
        query = sa.select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(_WALK)
        rows = connection.execute(query).mappings().all()
        yield from (AuditEntry(**row) for row in rows)
        if len(rows) < _WALK:
            return
        after = rows[-1]["seq"]


def page(
    connection: Connection,
    *,
    limit: int,
    before: int | None = None,
    features: frozenset[str] | None = None,
    but: frozenset[str] = frozenset(),
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
) -> tuple[AuditEntry, ...]:
    """Return the newest `limit` entries with a number below `before` that match every filter given.

    `features` are the only ones to show; None shows all, entries of no feature included. Those of the
    features in `but` are left out, and with them what is of no feature: it may be of several.
    """
    query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.seq < before)
    if features is not None:
        query = query.where(audit.c.feature.in_(sorted(features)))
    if but:
        query = query.where(audit.c.feature.not_in(sorted(but)))
    for column, wanted in ((audit.c.subject, subject), (audit.c.actor, actor), (audit.c.action, action)):
        if wanted is not None:
            query = query.where(column == wanted)
    return tuple(AuditEntry(**row) for row in connection.execute(query).mappings())
