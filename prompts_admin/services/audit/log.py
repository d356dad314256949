"""The audit chain as people read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prompts_admin.domain.audit_chain import Anchor, AuditEntry, verify
from prompts_admin.domain.people.identity import Identity
from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.records import AuditEntry as AuditEntryDocument
from prompts_admin.schemas.records import AuditReport
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.paging import number_cursor, page, page_size
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.records import audit


def list_audit(
    work: Work,
    *,
    feature: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> ListOf[AuditEntryDocument]:
    """Return audit entries, newest first, of the features that the asker may audit and is cleared for."""
    work.require_somewhere("read_audit")
    readable = work.readable("read_audit")
    if feature is not None:
        work.require("read_audit", feature)
        readable = frozenset({feature})
    rows = audit.page(
        work.connection,
        limit=page_size(limit),
        before=number_cursor(after),
        features=readable,
        but=above(work),
        subject=subject,
        actor=actor,
        action=action,
    )
    return page(rows, limit, lambda entry: str(entry.seq), entry_json)


def verify_chain(
    runner: Runner, identity: Identity, remembered: Callable[[], Sequence[Anchor]]
) -> AuditReport:
    """Verify the audit against the workspace and against the anchors that the git mirror remembers of it."""
    runner.look(identity, _check_may_read)
    # Before the chain is read: a mirror that is written meanwhile must not be ahead of it.
    return runner.look(identity, verify_audit, known=remembered())


def verify_audit(work: Work, *, known: Sequence[Anchor] = ()) -> AuditReport:
    """Walk the whole chain; tell whether anything was changed, removed, reordered or cut off.

    `known` are anchors that are kept elsewhere, as in the git mirror: whoever re-makes an end has them against
    him.
    """
    work.require("read_audit")
    found = verify(audit.walk(work.connection), anchor=audit.end_of_chain(work.head), known=known)
    return {
        "ok": found.ok,
        "entries": found.entries,
        "end": {"seq": found.end.seq, "hash": found.end.hash},
        "fault": found.fault,
        "at": found.at,
        "anchors": [{"seq": anchor.seq, "hash": anchor.hash} for anchor in known],
        "detail": found.detail,
        "head": found.end.hash,
        "problems": [] if found.ok else [found.detail],
    }


def export_audit(work: Work, *, after: int = 0) -> Iterator[AuditEntryDocument]:
    """Yield every entry after a number, oldest first, with its hash: enough to verify the chain elsewhere."""
    work.require("read_audit")
    return (entry_json(entry) for entry in audit.walk(work.connection, after=after))


def entry_json(entry: AuditEntry) -> AuditEntryDocument:
    """Return an audit entry as JSON."""
    return {
        "seq": entry.seq,
        "at": iso(entry.at),
        "actor": entry.actor,
        "via": entry.via,
        "action": entry.action,
        "feature": entry.feature,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _check_may_read(work: Work) -> None:
    work.require("read_audit")
